import { NoSuchTicket } from "@/components/conversation/NoSuchTicket";

export default function ReplyNotFound() {
  return (
    <main className="flex min-h-dvh bg-canvas">
      <NoSuchTicket />
    </main>
  );
}
