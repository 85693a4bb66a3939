import { ListHeader } from "@/components/tickets/ListHeader";
import { Skeleton } from "@/components/ui/Skeleton";

export default function TeamLoading() {
  return (
    <>
      <ListHeader title="Team" order="" />
      <Skeleton label="Loading the team" />
    </>
  );
}
