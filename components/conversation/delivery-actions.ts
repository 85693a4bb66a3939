import type { DeliveryAction, Notice, TicketMessage } from "@/lib/api/vocabulary";
import type { Told } from "./delivery-story";
import { isAbout, isForeign } from "./current-notices";
import { isSameAddress, type People } from "./people";

/** A decision about a reply. */
export type Choice = { label: string; action: DeliveryAction; pendingLabel: string };

const RETRY: Choice = { action: "retry", label: "Retry", pendingLabel: "Sending" };
const MARK_SENT: Choice = { action: "mark_sent", label: "Mark as sent", pendingLabel: "Marking" };
const SEND_AGAIN: Choice = { action: "send_again", label: "Send again", pendingLabel: "Sending" };

/** The assignee's decisions about a reply. */
export function actionsFor({ state }: TicketMessage): Choice[] {
  switch (state) {
    case "failed":
      return [RETRY];
    case "unconfirmed":
      return [MARK_SENT, SEND_AGAIN];
    case "came_back":
      return [SEND_AGAIN];
    case "sent":
    case "queued":
    case "sending":
    case "cancelled":
    case null:
      return [];
  }
}

/** Said after a decision that the desk carried out. */
export function doneWords(action: DeliveryAction, { state }: TicketMessage): string {
  if (action === "mark_sent") return "This reply counts as sent.";
  if (state === "sent") return "Sent.";
  return state === "queued" || state === "sending" ? "It is being sent." : "It was tried again.";
}

/** The recipients who cannot be reached at their address, as `now` tells, while the ticket still has it. */
export function deadAddresses(reply: TicketMessage, now: Told[], { participants }: People): string[] {
  const notices = now.flatMap(({ by }) => (by && isOfAddress(by.notice) ? [by.notice] : []));
  const isDead = (address: string) =>
    notices.some((notice) => !isForeign(notice, reply) && isAbout(notice, { address }, reply));
  const isIn = (address: string) => participants.some((person) => isSameAddress(person.address, address));
  return [...reply.to, ...reply.cc].filter((address) => isDead(address) && isIn(address));
}

/** True if the address itself is the cause. */
function isOfAddress({ kind, cause }: Notice): boolean {
  const isOver = kind === "came_back" || kind === "failed";
  return isOver && (cause === "no_mailbox" || cause === "no_domain");
}
