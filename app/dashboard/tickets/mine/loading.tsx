import { ListHeader } from "@/components/tickets/ListHeader";
import { MineTabs } from "@/components/tickets/MineTabs";
import { Bones } from "@/components/ui/Bones";

export default function MineLoading() {
  return (
    <>
      <ListHeader title="Mine" counter="mine" order="Latest first" />
      <MineTabs />
      <Bones />
    </>
  );
}
