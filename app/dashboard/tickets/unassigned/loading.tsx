import { ListHeader } from "@/components/tickets/ListHeader";
import { Bones } from "@/components/ui/Bones";

export default function UnassignedLoading() {
  return (
    <>
      <ListHeader title="Unassigned" counter="unassigned" order="Oldest first" />
      <Bones />
    </>
  );
}
