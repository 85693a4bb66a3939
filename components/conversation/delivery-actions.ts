import type { DeliveryAction, TicketMessage } from "@/lib/api/vocabulary";
import type { Told } from "./delivery-story";
import { namedIn } from "./current-notices";

/** A decision about a reply, or an address to correct in the next one. */
export type Choice =
  { label: string; action: DeliveryAction; pendingLabel: string } | { label: string; correct: string };

const RETRY: Choice = { action: "retry", label: "Retry", pendingLabel: "Sending" };
const MARK_SENT: Choice = { action: "mark_sent", label: "Mark as sent", pendingLabel: "Marking" };
const SEND_AGAIN: Choice = { action: "send_again", label: "Send again", pendingLabel: "Sending" };

/** What the assignee can do about a reply of which `now` is told. */
export function actionsFor(reply: TicketMessage, now: Told[]): Choice[] {
  switch (reply.state) {
    case "failed":
      return [RETRY];
    case "unconfirmed":
      return [MARK_SENT, SEND_AGAIN];
    case "came_back":
      return [correcting(missedBy(reply, now) ?? reply.to[0] ?? ""), SEND_AGAIN];
    case "sent": {
      const missed = missedBy(reply, now);
      return missed ? [correcting(missed)] : [];
    }
    case "queued":
    case "sending":
    case "cancelled":
    case null:
      return [];
  }
}

/** Said after a decision that left nothing to decide. */
export function doneWords({ state }: TicketMessage): string {
  return state === "sent" ? "This reply counts as sent." : "It is being sent.";
}

function correcting(address: string): Choice {
  return { label: "Correct the address…", correct: address };
}

/** The first recipient whom the reply did not reach. */
function missedBy(reply: TicketMessage, now: Told[]): string | null {
  const [named] = now.flatMap(({ by }) => (by?.notice.kind === "came_back" ? namedIn(by.notice, reply) : []));
  return named ?? reply.undelivered[0]?.address ?? null;
}
