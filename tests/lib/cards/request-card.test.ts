import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { newOperation } from "@/lib/tickets/transition";
import { startDiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { askForCard, goneTicket, requesters, shownState } from "@/tests/support/cards/card-requests";
import { CardDesk } from "@/tests/support/cards/cards";
import { createLegacyThread, member, storedThread, teamOf } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

const requested = { ok: true, value: "requested" };
const pending = { ok: true, value: "pending" };

/** Deletes the card and resolves the ticket, so that the desk notices. */
async function deleteAndResolve(id: ThreadId): Promise<void> {
  desk.deleteMessages(id);
  await setTicketStatus(id, "resolved", priya);
  await desk.settle();
  expect(await desk.cardOf(id)).toMatchObject({ state: "gone" });
}

describe("a deleted card that a member asks for", () => {
  test("is posted again once, up to date", async () => {
    const id = await goneTicket(desk);
    expect(await askForCard(desk, id)).toEqual(requested);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 1, dueAt: null });
    expect(await requesters(id)).toEqual(["Priya Nair"]);
  });

  test("is pending for everybody until it is posted", async () => {
    const id = await goneTicket(desk);
    expect(await shownState(id)).toBe("gone");
    await askForCard(desk, id);
    expect(await shownState(id)).toBe("pending");
    await desk.settle();
    expect(await shownState(id)).toBe("synced");
  });

  test("is posted once, however many ask at the same time", async () => {
    const id = await goneTicket(desk);
    const outcomes = await Promise.all(teamOf(12).map((who) => askForCard(desk, id, who)));
    expect(outcomes.filter((outcome) => outcome.ok && outcome.value === "requested")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.ok && outcome.value === "pending")).toHaveLength(11);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await requesters(id)).toHaveLength(1);
  });

  test("is posted once for a double click and a later retry", async () => {
    const id = await goneTicket(desk);
    const op = newOperation();
    const clicks = [askForCard(desk, id, priya, op), askForCard(desk, id, priya, op)];
    expect(await Promise.all(clicks)).toEqual([requested, requested]);
    await desk.settle();
    await deleteAndResolve(id);
    expect(await askForCard(desk, id, priya, op)).toEqual(requested);
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
    expect(await requesters(id)).toHaveLength(1);
  });

  test("stays deleted if it is deleted again, until a member asks again", async () => {
    const id = await goneTicket(desk);
    await askForCard(desk, id);
    await desk.settle();
    await deleteAndResolve(id);
    await setTicketStatus(id, "in_progress", priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
    expect(await askForCard(desk, id)).toEqual(requested);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 2 });
  });

  test("is posted once if the customer writes at the same time", async () => {
    const id = await goneTicket(desk);
    desk.clock.advance(60_000);
    await Promise.all([askForCard(desk, id), desk.customerWrites(id, "any news?")]);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(desk.textOf(id)).toContain("any news?");
  });

  test("is posted by a new webhook even if the ticket is resolved", async () => {
    const id = await desk.mailArrives();
    await setTicketStatus(id, "resolved", priya);
    await desk.settle();
    const other = await startDiscordStandIn({ clock: () => desk.clock.now().getTime() });
    desk.clock.advance(60_000);
    desk.replaceWebhook(other);
    await desk.settle();
    expect(await shownState(id)).toBe("gone");
    await askForCard(desk, id);
    await desk.settle();
    expect(other.messages().filter(({ content }) => content.includes(id))).toHaveLength(1);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 1 });
    await other.close();
  });
});

describe("a request for a card", () => {
  test("changes nothing if the card is up to date", async () => {
    const id = await desk.postedTicket();
    const before = await storedThread(id);
    expect(await askForCard(desk, id)).toEqual({ ok: true, value: "synced" });
    expect(await storedThread(id)).toEqual(before);
    expect(desk.requests()).toEqual(["POST"]);
  });

  test("changes nothing if the card is about to be posted", async () => {
    const id = await desk.mailArrives();
    const before = await storedThread(id);
    expect(await askForCard(desk, id)).toEqual(pending);
    await desk.step();
    expect(await askForCard(desk, id)).toEqual(pending);
    expect(await storedThread(id)).toMatchObject({ revision: before.revision });
  });

  test("posts the first card of a ticket that never had one", async () => {
    const { id } = await createLegacyThread();
    await desk.settle();
    expect(await askForCard(desk, id)).toEqual(requested);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });
});
