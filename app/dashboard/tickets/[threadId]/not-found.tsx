import { NoSuchTicket } from "@/components/conversation/NoSuchTicket";

export default function TicketNotFound() {
  return <NoSuchTicket />;
}
