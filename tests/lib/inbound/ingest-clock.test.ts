import { afterEach, expect, test, vi } from "vitest";
import { ingestStep } from "@/lib/inbound/ingest";
import { readClock } from "@/lib/store/clock";
import { EmailThread } from "@/models/EmailThreadModel";
import { rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";

afterEach(() => void vi.useRealTimers());

test.each([5, -5])(
  "a new ticket's card and history are due now if the worker's clock is %d h ahead",
  async (hours) => {
    const { ledgerId } = await receive(rawMail());
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hours * 3_600_000 });
    while ((await ingestStep()).worked);
    vi.useRealTimers();
    const thread = await EmailThread.findById((await storedRow(ledgerId)).threadId)
      .orFail()
      .lean();
    const now = (await readClock("$$NOW")).getTime();
    for (const dueAt of [thread.cardsDueAt, thread.eventsDueAt]) {
      expect(now - (dueAt?.getTime() ?? NaN)).toBeGreaterThanOrEqual(0);
      expect(now - (dueAt?.getTime() ?? NaN)).toBeLessThan(60_000);
    }
  },
);
