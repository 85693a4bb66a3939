import { ListHeader } from "@/components/tickets/ListHeader";
import { Skeleton } from "@/components/ui/Skeleton";

export default function MailLoading() {
  return (
    <>
      <ListHeader title="Mail" order="Latest first" />
      <Skeleton label="Loading mails" />
    </>
  );
}
