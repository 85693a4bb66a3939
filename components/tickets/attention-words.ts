import { CAUSE_WORDS } from "@/lib/api/delivery-words";
import type { Attention, TicketSummary } from "@/lib/api/vocabulary";
import { declinedText } from "./handover/handover-words";

/** Why a ticket needs a look, as a row says it. `isBad` if the customer surely did not get the reply. */
export type Why = { text: string; isBad: boolean };

/** Null for a customer's mail, which the row shows anyway. */
export function whyOf(
  { attention, declined }: Pick<TicketSummary, "attention" | "declined">,
  readerId: string,
): Why | null {
  if (!attention) return null;
  const { kind, cause } = attention;
  switch (kind) {
    case "customer_mail":
      return null;
    case "declined":
      return { text: declinedText(declined, readerId), isBad: false };
    case "came_back":
      return { text: withCause("Came back", cause), isBad: true };
    case "failed":
      return { text: withCause("Not delivered", cause), isBad: true };
    case "unconfirmed":
      return { text: "Unconfirmed: the mail server broke off.", isBad: false };
    case "delayed":
      return { text: "Delayed: not delivered yet.", isBad: false };
    case "undone":
      return { text: "Undone: the customer still waits.", isBad: false };
  }
}

function withCause(outcome: string, cause: Attention["cause"]): string {
  return cause === null ? `${outcome}.` : `${outcome}: ${CAUSE_WORDS[cause]}.`;
}
