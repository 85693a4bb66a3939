import { ListHeader } from "@/components/tickets/ListHeader";
import { Skeleton } from "@/components/ui/Skeleton";

export default function UnassignedLoading() {
  return (
    <>
      <ListHeader title="Unassigned" counter="unassigned" order="Oldest first" />
      <Skeleton />
    </>
  );
}
