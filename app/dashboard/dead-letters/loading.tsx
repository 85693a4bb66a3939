import { ListHeader } from "@/components/tickets/ListHeader";
import { Skeleton } from "@/components/ui/Skeleton";

export default function DeadLettersLoading() {
  return (
    <>
      <ListHeader title="Stopped work" order="Latest first" />
      <Skeleton label="Loading the stopped work" />
    </>
  );
}
