import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { askForCard, goneTicket, shownState } from "@/tests/support/cards/card-requests";
import { CardDesk } from "@/tests/support/cards/cards";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");
const MINUTE_MS = 60_000;
const OUT_OF_SIGHT_MS = 61 * MINUTE_MS;

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

/** A ticket that Priya has answered and resolved; its card shows that. */
async function resolvedTicket(): Promise<ThreadId> {
  const id = await desk.postedTicket();
  await setTicketStatus(id, "resolved", priya);
  await desk.teamSees(id, "resolved");
  await desk.settle();
  return id;
}

const newestMessage = () => desk.discord.messages().at(-1);
const lineOf = (id: ThreadId) => `\\#${id.slice(-6)} · moved to the end of the channel`;
const contents = () => desk.discord.messages().map(({ content }) => content);

/** Whether the channel learned of the ticket by a new message at its end. */
function isAtEnd(id: ThreadId): boolean {
  return newestMessage()?.content.includes(id) ?? false;
}

describe("a ticket that needs attention again", () => {
  test("gets a new message at the end of the channel if its customer answers after it was resolved", async () => {
    const id = await resolvedTicket();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await desk.customerWrites(id, "It is broken again");
    await desk.settle();
    expect(desk.discord.messages()).toHaveLength(2);
    expect(isAtEnd(id)).toBe(true);
    expect(desk.textOf(id)).toMatch(/Claimed by: priya_nair[^]*It is broken again/);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 1 });
    expect(await shownState(id)).toBe("synced");
  });

  test("leaves one short line in the old place, which never changes again", async () => {
    const id = await resolvedTicket();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await desk.customerWrites(id, "It is broken again");
    await desk.settle();
    expect(contents()[0]).toBe(lineOf(id));
    const [before] = desk.discord.messages();
    await claimTicket(id, priya);
    await desk.teamSees(id, "resolved");
    await desk.settle();
    expect(desk.discord.messages()[0]).toEqual(before);
    expect(desk.textOf(id)).toContain("✅ Resolved");
  });

  test("is announced with a report about its reply, in the desk's words", async () => {
    const id = await resolvedTicket();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await desk.replyFails(id, "came_back", "no_mailbox");
    await desk.settle();
    expect(isAtEnd(id)).toBe(true);
    expect(desk.textOf(id)).toContain("⚠️ Reply came back: the mailbox does not exist");
  });

  test("is not announced again before somebody has seen it", async () => {
    const id = await resolvedTicket();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await desk.customerWrites(id, "first");
    await desk.settle();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await desk.customerWrites(id, "second");
    await desk.settle();
    expect(desk.discord.messages()).toHaveLength(2);
    expect(desk.textOf(id)).toContain("second");

    await desk.teamSees(id);
    await desk.settle();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await desk.customerWrites(id, "third");
    await desk.settle();
    expect(desk.discord.messages()).toHaveLength(3);
    expect(contents().slice(0, 2)).toEqual([lineOf(id), lineOf(id)]);
    expect(desk.textOf(id)).toContain("third");
  });
});

test("a card that a member once asked for counts as up to date after it moved", async () => {
  const id = await goneTicket(desk);
  await askForCard(desk, id);
  await desk.settle();
  await desk.teamSees(id);
  await desk.settle();
  desk.clock.advance(OUT_OF_SIGHT_MS);
  await desk.customerWrites(id, "again");
  await desk.settle();
  expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 2 });
  expect(await shownState(id)).toBe("synced");
});

describe("a card that is among the last messages", () => {
  test.each([
    [2, false],
    [3, true],
  ])("with %i newer ones is edited where it stands, or else moved: %s", async (newer, isMoved) => {
    const id = await resolvedTicket();
    desk.clock.advance(11 * MINUTE_MS);
    for (let made = 0; made < newer; made += 1) await desk.postedTicket();
    await desk.customerWrites(id, "again");
    await desk.settle();
    expect(isAtEnd(id)).toBe(isMoved);
    expect(desk.textOf(id)).toContain("again");
    expect(desk.discord.messages()).toHaveLength(1 + newer + (isMoved ? 1 : 0));
  });

  test("counts no messages that somebody deleted", async () => {
    const id = await resolvedTicket();
    desk.clock.advance(11 * MINUTE_MS);
    const others = [await desk.postedTicket(), await desk.postedTicket(), await desk.postedTicket()];
    for (const other of others) {
      desk.deleteMessages(other);
      await claimTicket(other, priya);
    }
    await desk.settle();
    await desk.customerWrites(id, "again");
    await desk.settle();
    expect(desk.requests().filter((method) => method === "POST")).toHaveLength(4);
  });
});

describe("the limits of moves", () => {
  test("let a ticket move once in ten minutes, and a later mail is no news then", async () => {
    const id = await resolvedTicket();
    const pushAway = async () => {
      for (let made = 0; made < 3; made += 1) await desk.postedTicket();
    };
    await pushAway();
    await desk.customerWrites(id, "at once");
    await desk.settle();
    expect(desk.discord.messages()).toHaveLength(5); // soon after its first post too
    await desk.teamSees(id);
    await desk.settle();
    await pushAway();
    desk.clock.advance(8 * MINUTE_MS);
    await desk.customerWrites(id, "soon");
    await desk.settle();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await desk.customerWrites(id, "later");
    await desk.settle();
    expect(desk.discord.messages()).toHaveLength(8);
    expect(desk.textOf(id)).toContain("later");
  });

  test("let ten cards a minute move in one channel, and edit the others", async () => {
    const ids: ThreadId[] = [];
    for (let made = 0; made < 12; made += 1) ids.push(await desk.mailArrives());
    await desk.settle();
    for (const id of ids) await desk.teamSees(id);
    await desk.settle();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    for (const id of ids) await desk.customerWrites(id, "me again");
    await desk.settle();
    expect(desk.discord.messages()).toHaveLength(22);
    expect(ids.every((id) => desk.textOf(id).includes("me again"))).toBe(true);
    expect(ids.map((id) => contents().filter((content) => content === lineOf(id)).length).sort()).toEqual([
      0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ]);
  });
});

describe("a deleted card", () => {
  async function deletedTicket(): Promise<ThreadId> {
    const id = await resolvedTicket();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    desk.deleteMessages(id);
    return id;
  }

  test.each(["came_back", "failed", "delayed", "unconfirmed", "undone"] as const)(
    "stays deleted if a reply is %s",
    async (kind) => {
      const id = await deletedTicket();
      await desk.replyFails(id, kind, null);
      await desk.settle();
      expect(desk.messagesOf(id)).toEqual([]);
      expect(await desk.cardOf(id)).toMatchObject({ state: "gone", gen: 0, dueAt: null });
    },
  );

  test("comes back at the end of the channel for a customer's mail", async () => {
    const id = await deletedTicket();
    const other = await desk.postedTicket();
    await desk.customerWrites(id, "anybody there?");
    await desk.settle();
    expect(contents()).toHaveLength(2);
    expect(desk.messagesOf(other)).toHaveLength(1);
    expect(isAtEnd(id)).toBe(true);
  });

  test("that had moved before leaves the old line a line", async () => {
    const id = await resolvedTicket();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await desk.customerWrites(id, "again");
    await desk.settle();
    desk.deleteMessages(id);
    await setTicketStatus(id, "resolved", priya);
    await desk.settle();
    expect(contents()).toEqual([lineOf(id)]);
    expect(await desk.cardOf(id)).toMatchObject({ state: "gone", gen: 1 });
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await desk.customerWrites(id, "and again");
    await desk.settle();
    expect(contents()[0]).toBe(lineOf(id));
    expect(desk.textOf(id)).toContain("and again");
  });
});
