import { ListHeader } from "@/components/tickets/ListHeader";
import { Bones } from "@/components/ui/Bones";

export default function MailLoading() {
  return (
    <>
      <ListHeader title="Mail" order="Latest first" />
      <Bones label="Loading mails" />
    </>
  );
}
