import { ListHeader } from "@/components/tickets/ListHeader";
import { MineTabs } from "@/components/tickets/MineTabs";
import { Skeleton } from "@/components/ui/Skeleton";

export default function MineLoading() {
  return (
    <>
      <ListHeader title="Mine" counter="mine" order="Latest first" />
      <MineTabs />
      <Skeleton />
    </>
  );
}
