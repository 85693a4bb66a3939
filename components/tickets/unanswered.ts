import type { TicketSummary } from "@/lib/api/vocabulary";

/** True while the customer waits for the team: only then does a ticket's age colour. */
export function isUnanswered({ status, lastInboundAt, lastMessageAt }: TicketSummary): boolean {
  return (status === "open" || status === "in_progress") && lastInboundAt >= lastMessageAt;
}
