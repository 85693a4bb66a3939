import { TicketSkeleton } from "@/components/conversation/TicketSkeleton";

export default function TicketLoading() {
  return <TicketSkeleton />;
}
