import { Types } from "mongoose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { registerGauges } from "@/lib/desk/gauges";
import { readMetricsAsJson, writeMetrics } from "@/lib/metrics";
import { Card, type StoredCard } from "@/models/CardModel";
import { DeadLetter } from "@/models/DeadLetterModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { createThread } from "@/tests/support/factories/threads";
import { setEnv } from "@/tests/support/routes/identities";

const WEBHOOK = "https://discord.com/api/webhooks/123456789012345678/token-of-the-tests";
const MINUTE_MS = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS);

beforeAll(registerGauges);
beforeEach(async () => {
  await Promise.all([Card.deleteMany({}), EmailThread.deleteMany({}), DeadLetter.deleteMany({})]);
  setEnv({ DISCORD_WEBHOOK_URL: WEBHOOK });
});
afterAll(() => setEnv({ DISCORD_WEBHOOK_URL: undefined }));

/** The value that the metrics show for the queue, in whole minutes if they are seconds; null if they show none. */
async function shown(gauge: "lag_seconds" | "dead", queue: string): Promise<number | null> {
  const { text } = await writeMetrics([await readMetricsAsJson("web")]);
  const value = text.match(
    new RegExp(`^claimdesk_queue_${gauge}\\{queue="${queue}",[^}]*\\} (\\S+)$`, "m"),
  )?.[1];
  if (value === undefined) return null;
  return gauge === "dead" ? Number(value) : Math.round(Number(value) / 60);
}

async function createCard(fields: Partial<StoredCard>): Promise<void> {
  const [threadId, destinationId] = [new Types.ObjectId(), "discord:123456789012345678"];
  await Card.create({
    _id: `${String(threadId)}:0`,
    threadId,
    destinationId,
    gen: 0,
    state: "live",
    ...fields,
  });
}

describe("the lag of cards", () => {
  test("is that of a card that is due, also after its ticket was looked at", async () => {
    await createCard({ dueAt: ago(50) });
    expect(await shown("lag_seconds", "cards")).toBe(50);
  });

  test("is that of a card that fails and waits for its next attempt", async () => {
    await createCard({ dueAt: ago(-10), dueSince: ago(50), attempts: 7 });
    expect(await shown("lag_seconds", "cards")).toBe(50);
  });

  test("does not count a look at a card that is planned", async () => {
    await createCard({ dueAt: ago(-5) });
    expect(await shown("lag_seconds", "cards")).toBe(0);
  });

  test("is that of a changed ticket that nobody has looked at", async () => {
    await createThread({ cardsDueAt: ago(30) });
    expect(await shown("lag_seconds", "card-marks")).toBe(30);
  });

  test("is not shown while no webhook is set, however old the changes are", async () => {
    setEnv({ DISCORD_WEBHOOK_URL: undefined });
    await createThread({ cardsDueAt: ago(43_200) });
    expect(await shown("lag_seconds", "card-marks")).toBeNull();
    expect(await shown("lag_seconds", "cards")).toBeNull();
  });
});

describe("what was given up", () => {
  test("counts for each queue until somebody has it retried", async () => {
    const letter = { queue: "events", since: ago(5), buriedAt: ago(1), attempts: 10, error: "No." };
    await DeadLetter.create([
      { ...letter, _id: "events:1", rowId: "1" },
      { ...letter, _id: "events:2", rowId: "2", retriedAt: ago(0) },
    ]);
    expect(await shown("dead", "events")).toBe(1);
    expect(await shown("dead", "deliver")).toBe(0);
  });

  test("counts cards that Discord never took", async () => {
    await createCard({ state: "dead" });
    expect(await shown("dead", "cards")).toBe(1);
  });
});
