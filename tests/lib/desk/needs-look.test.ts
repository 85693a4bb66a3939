import { Types } from "mongoose";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AttentionKind } from "@/lib/api/vocabulary";
import { registerGauges } from "@/lib/desk/gauges";
import { readMetricsAsJson, writeMetrics } from "@/lib/metrics";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { profiled } from "@/tests/support/database/profiled";
import { createThread } from "@/tests/support/factories/threads";

const MINUTE_MS = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS);

beforeAll(registerGauges);
beforeEach(() => EmailThread.deleteMany({}));

/** Stores a ticket that somebody has to look at since that many minutes. */
async function createNeedy(kind: AttentionKind, minutes: number, overrides: Partial<StoredThread> = {}) {
  const at = ago(minutes);
  const attention = { kind, at, messageId: "a".repeat(64), replyId: null, cause: null };
  const needsLook = kind === "customer_mail" ? {} : { needsLookAt: at };
  await createThread({ attention, openAttention: [attention], ...needsLook, ...overrides });
}

async function metrics(): Promise<string> {
  return (await writeMetrics([await readMetricsAsJson("web")])).text;
}

async function countsByKind(): Promise<Record<string, number>> {
  const lines = (await metrics()).matchAll(/^claimdesk_needs_look\{kind="(\w+)",[^}]*\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, kind, count]) => [kind ?? "", Number(count)]));
}

async function oldestMinutes(): Promise<number> {
  const seconds = (await metrics()).match(/^claimdesk_needs_look_oldest_seconds\{[^}]*\} (\S+)$/m)?.[1];
  return Math.round(Number(seconds) / 60);
}

describe("the metrics of tickets that need a look", () => {
  test("count them by the gravest reason, and show 0 for the other reasons", async () => {
    await createNeedy("came_back", 5);
    await createNeedy("came_back", 9);
    await createNeedy("delayed", 1);
    const others = { declined: 0, undone: 0, unconfirmed: 0, failed: 0 };
    expect(await countsByKind()).toEqual({ ...others, delayed: 1, came_back: 2 });
  });

  test("leave out tickets in which the customer only wrote, and merged ones", async () => {
    await createNeedy("customer_mail", 500);
    await createNeedy("failed", 500, { mergedInto: new Types.ObjectId() });
    expect(Object.values(await countsByKind())).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await oldestMinutes()).toBe(0);
  });

  test("show how long the oldest has needed it", async () => {
    await createNeedy("failed", 30);
    await createNeedy("came_back", 50);
    await createNeedy("customer_mail", 500);
    expect(await oldestMinutes()).toBe(50);
  });

  test("show 0 if none needs a look", async () => {
    expect(await oldestMinutes()).toBe(0);
  });

  test("never show a negative age, should the database's clock be behind", async () => {
    await createNeedy("failed", -10);
    expect(await oldestMinutes()).toBe(0);
  });

  test("read no other ticket", async () => {
    for (let made = 0; made < 30; made += 1) await createThread();
    await createNeedy("failed", 30);
    await createNeedy("undone", 40);
    const operations = await profiled(EmailThread, metrics);
    const ofLooks = operations.filter(({ docsExamined }) => docsExamined > 0);
    expect(ofLooks.map(({ docsExamined }) => docsExamined).sort()).toEqual([1, 2]);
  });
});
