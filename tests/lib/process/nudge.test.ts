import { expect, test } from "vitest";
import { onNudge, type Topic } from "@/lib/process/nudge";
import { claimTicket } from "@/lib/tickets/claim";
import { receive, rawMail } from "@/tests/support/factories/inbound-mails";
import { createThread, member } from "@/tests/support/factories/threads";

const TOPICS: Topic[] = ["ingest", "deliver", "cards", "events", "erasure", "team"];

/** The topics that `work` nudges, each as often as it does. */
async function nudgedBy(work: () => Promise<unknown>): Promise<Topic[]> {
  const nudged: Topic[] = [];
  const stops = TOPICS.map((topic) => onNudge(topic, () => nudged.push(topic)));
  await work();
  for (const stop of stops) stop();
  return nudged.sort();
}

test("a claim wakes the followers of cards and events, and no other", async () => {
  const thread = await createThread();
  expect(await nudgedBy(() => claimTicket(thread.id, member("Priya Nair")))).toEqual(["cards", "events"]);
});

test("a mail that arrives wakes the followers of ingest only", async () => {
  expect(await nudgedBy(() => receive(rawMail()))).toEqual(["ingest"]);
});
