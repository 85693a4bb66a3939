import { expect, test } from "vitest";
import { FOLLOWERS } from "@/lib/desk/followers";
import { startFollowers } from "@/lib/process/followers";
import { trusted } from "@/lib/store/db";
import { claimTicket } from "@/lib/tickets/claim";
import { EmailThread } from "@/models/EmailThreadModel";
import { TicketEvent } from "@/models/TicketEventModel";
import { profiled } from "@/tests/support/database/profiled";
import { createThread, member } from "@/tests/support/factories/threads";

test("the history of many claims at once is looked up eight tickets at a time", async () => {
  const threads = await Promise.all(Array.from({ length: 96 }, () => createThread()));
  const stop = startFollowers(FOLLOWERS.filter(({ name }) => name === "events"));
  const operations = await profiled(EmailThread, async () => {
    await Promise.all(threads.map(({ id }) => claimTicket(id, member("Priya Nair"))));
    await expect
      .poll(() => EmailThread.countDocuments({ eventsDueAt: trusted({ $exists: true }) }), {
        interval: 100,
        timeout: 20_000,
      })
      .toBe(0);
    await stop();
  });
  expect(await TicketEvent.countDocuments()).toBe(96);
  const lookups = operations.filter(({ op }) => op === "query").length;
  // Two for eight tickets, one more whenever nothing was left; 96 at least if each were looked up by itself.
  expect(lookups).toBeLessThan(48);
});
