import type { ThreadId } from "@/lib/api/contracts";
import { requestCard } from "@/lib/cards/request-card";
import { claimTicket } from "@/lib/tickets/claim";
import { readTicket } from "@/lib/tickets/read";
import { newOperation } from "@/lib/tickets/transition";
import { member, storedThread } from "@/tests/support/factories/threads";
import type { CardDesk } from "./cards";

const priya = member("Priya Nair");

/** Asks for the ticket's card, as the button on the ticket page does. */
export function askForCard(desk: CardDesk, id: ThreadId, who = priya, op = newOperation()) {
  return requestCard(id, who, { op, config: desk.config, clock: desk.clock.now() });
}

/** A ticket whose card somebody deleted, and whose next change showed the desk that it is gone. */
export async function goneTicket(desk: CardDesk): Promise<ThreadId> {
  const id = await desk.postedTicket();
  desk.deleteMessages(id);
  await claimTicket(id, priya);
  await desk.settle();
  return id;
}

/** The state of the card as the ticket page shows it. */
export async function shownState(id: ThreadId): Promise<string | undefined> {
  const detail = await readTicket(id);
  return detail.ok ? detail.value.ticket.card?.state : undefined;
}

/** Names of the members who asked for the card, from the ticket's history. */
export async function requesters(id: ThreadId): Promise<unknown[]> {
  const { history = [] } = await storedThread(id);
  return history.filter(({ kind }) => kind === "card_requested").map(({ by }) => by?.name);
}
