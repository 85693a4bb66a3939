import { TicketBones } from "@/components/conversation/TicketBones";

export default function TicketLoading() {
  return <TicketBones />;
}
