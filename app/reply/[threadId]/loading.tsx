import { TicketBones } from "@/components/conversation/TicketBones";

export default function ReplyLoading() {
  return (
    <main className="min-h-dvh bg-surface">
      <TicketBones />
    </main>
  );
}
