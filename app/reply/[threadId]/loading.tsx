import { TicketSkeleton } from "@/components/conversation/TicketSkeleton";

export default function ReplyLoading() {
  return (
    <main className="min-h-dvh bg-surface">
      <TicketSkeleton />
    </main>
  );
}
