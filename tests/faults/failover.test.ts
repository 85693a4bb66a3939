// Runs in `npm run test:faults` alone: no two elections and no two storms are alike.
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import mongoose from "mongoose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { History } from "@/tests/support/checks/history";
import { checkLinearizable } from "@/tests/support/checks/linearizable";
import { startMailCatcher, type MailCatcher } from "@/scripts/stand-ins/mail-catcher/server";
import { ReplicaSet } from "@/tests/support/database/replica-set";
import {
  createIndexesIn,
  startTeamApp,
  teamEnvironment,
  type AppProcess,
} from "@/tests/support/desk/team-app";
import { openWindows, startMailStorm, startTicketStorm, type Storm } from "./storm";

const KILLS = 10;
const STEP_DOWNS = 10;
const FREEZES = 3;
const TICKETS = 12;
const HISTORY_FILE = path.resolve(process.env.FAULTS_HISTORY ?? ".data/faults/failover.jsonl");

let replicaSet: ReplicaSet;
let mail: MailCatcher;
let apps: AppProcess[] = [];

beforeAll(async () => {
  replicaSet = await ReplicaSet.start(3);
  mail = await startMailCatcher();
  const env = teamEnvironment({ MONGODB_URI: replicaSet.uri("faults"), SMTP_URL: mail.smtpUrl });
  await createIndexesIn(env);
  apps = [await startTeamApp(env), await startTeamApp(env), await startTeamApp(env)];
}, 300_000);

afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await mail.close();
  await replicaSet.stop();
}, 120_000);

describe("a primary that is killed, steps down or freezes under a storm", () => {
  test("loses no acknowledged change, shows no ticket with two assignees, sends no mail twice, answers no 500, tells every window", async () => {
    mkdirSync(path.dirname(HISTORY_FILE), { recursive: true });
    rmSync(HISTORY_FILE, { force: true });
    const history = new History(HISTORY_FILE);
    const urls = apps.map(({ url }) => url);
    const tickets = await openTickets(urls);
    const windows = openWindows(urls);
    const storms: Storm[] = [startTicketStorm(urls, tickets, history), startMailStorm(urls)];

    for (let round = 0; round < Math.max(KILLS, STEP_DOWNS, FREEZES); round += 1) {
      await wait(1_500);
      if (round < STEP_DOWNS) await replicaSet.stepDown();
      await wait(2_500);
      if (round < KILLS) {
        const revive = await replicaSet.killPrimary();
        await wait(4_000);
        await revive();
      }
      await wait(1_500);
      if (round < FREEZES) {
        const goOn = await replicaSet.freezePrimary();
        await wait(8_000);
        goOn();
      }
    }
    await replicaSet.primary();
    await wait(2_000);
    const [ticketTally, mailTally] = await Promise.all(storms.map((storm) => storm.stop()));

    const stored = await quiescent(replicaSet.uri("faults"));
    for (const [id, assignee] of stored.assignees) {
      if (tickets.includes(id))
        await history.note({ client: "judge", key: id, op: "read", arg: null }, () =>
          Promise.resolve(assignee),
        );
    }
    await wait(1_000);
    const seen = await windows.stop();
    const unseen = [...stored.changedAt].flatMap(([id, at]) =>
      seen.filter(({ told }) => Math.max(told.get(id) ?? 0, told.get("any") ?? 0) < at).map(() => id),
    );
    const perMessageId = Map.groupBy(mail.mails(), (caught) => caught.messageId ?? "");
    const twice = [...perMessageId].filter(([, mails]) => mails.length > 1);
    const missing = (mailTally?.acknowledged ?? []).filter((ledgerId) => !stored.ticketed.has(ledgerId));
    console.log(
      `failover: ${KILLS} kills, ${STEP_DOWNS} step-downs, ${FREEZES} freezes; ${history.operations.length} operations, ` +
        `${history.operations.filter(({ end }) => end === undefined).length} unknown, ${mailTally?.acknowledged.length} mails in, ` +
        `${mail.mails().length} replies out, ${missing.length} lost, ${twice.length} sent twice, ` +
        `${(ticketTally?.serverErrors ?? 0) + (mailTally?.serverErrors ?? 0)} answers of 500, ` +
        `${seen.map(({ streams }) => streams).join("+")} live streams that left ${unseen.length} changes untold. History: ${HISTORY_FILE}`,
    );

    expect(ticketTally?.serverErrors).toBe(0);
    expect(mailTally?.serverErrors).toBe(0);
    expect(checkLinearizable(history.operations)).toEqual({ linearizable: true });
    expect(missing).toEqual([]);
    expect(twice).toEqual([]);
    expect(unseen).toEqual([]);
    expect(history.operations.length).toBeGreaterThan(200);
  }, 1_500_000);
});

async function openTickets(urls: string[]): Promise<string[]> {
  const storm = startMailStorm(urls, { count: TICKETS });
  const { threadIds } = await storm.stop();
  expect(new Set(threadIds).size).toBe(TICKETS);
  return threadIds;
}

type Stored = {
  assignees: Map<string, string>;
  /** Time of each ticket's last change, in milliseconds of the database's clock, which is this machine's. */
  changedAt: Map<string, number>;
  ticketed: Set<string>;
};

/** Waits until nothing is under way, and returns the assignee of each ticket and the ledger rows that became messages. */
async function quiescent(uri: string): Promise<Stored> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    const waiting = async () =>
      (await connection
        .collection("emailmessages")
        .countDocuments({ state: { $in: ["queued", "sending"] } })) +
      (await connection.collection("inboundemails").countDocuments({ state: "received" }));
    await expect.poll(waiting, { timeout: 120_000, interval: 500 }).toBe(0);
    const threads = await connection
      .collection("emailthreads")
      .find({}, { projection: { assignedTo: 1, history: 1 } })
      .toArray();
    const messages = await connection.collection("emailmessages").find({ direction: "inbound" }).toArray();
    return {
      assignees: new Map(
        threads.map((thread) => [String(thread._id), (thread.assignedTo as string | null) ?? ""]),
      ),
      changedAt: new Map(
        threads.map(({ _id, history }) => [
          String(_id),
          Math.max(0, ...(history as { at: Date }[]).map(({ at }) => at.getTime())),
        ]),
      ),
      ticketed: new Set(messages.map((message) => String(message.ledgerId))),
    };
  } finally {
    await connection.close();
  }
}
