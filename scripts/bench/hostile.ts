// `npm run bench:hostile`: what hostile input costs everybody else. The baseline is the idle server's own: the p99 of
// `/api/health/live`, and how long an ordinary mail takes to become a ticket. Each input is measured beside it: the same
// two figures while it is worked on, and the most memory that the server used.
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import mongoose from "mongoose";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { buildIfStale } from "@/scripts/build.mjs";
import { startMongod } from "@/scripts/mongod";
import { INBOUND_SECRET, signIn, startBenchDesk, type BenchDesk } from "./desk";
import { HOSTILE_INPUTS, ordinaryMail, type HostileInput } from "./hostile-inputs";

/** More than this many times the idle figure is a server that freezes. */
const ALLOWED = 10;
const PROBE_EVERY_MS = 20;
const IDLE_MS = 5_000;
/** Longest time one input is watched, in milliseconds. */
const WATCH_MAX_MS = 180_000;

type Figures = { p99Ms: number; mailMs: number; memoryMb: number };

async function main(): Promise<void> {
  buildIfStale(console.log, "pipe");
  const chosen = process.argv.slice(2);
  const inputs = HOSTILE_INPUTS.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  const mongod = await startMongod();
  console.log(
    "| input | p99 of an empty route, ms | × idle | ordinary mail to ticket, ms | × idle | memory, MB |",
  );
  console.log("|---|---:|---:|---:|---:|---:|");
  let isGood = true;
  try {
    for (const [index, input] of inputs.entries()) {
      const uri = mongod.uri(`hostile_${index}`);
      await connectDb(uri);
      await createIndexes();
      const desk = await startBenchDesk(uri);
      try {
        const idle = await watch(desk, () => wait(IDLE_MS));
        const busy = await watch(desk, () => attack(desk, input));
        isGood = print(input.name, idle, busy) && isGood;
      } finally {
        await desk.stop();
        await mongoose.connection.dropDatabase();
        await disconnectDb();
      }
    }
  } finally {
    await mongod.stop();
  }
  if (!isGood) {
    console.log(`\nMore than ${ALLOWED} times the idle figure.`);
    process.exitCode = 1;
  }
}

async function attack(desk: BenchDesk, input: HostileInput): Promise<void> {
  const cookie = await signIn(desk.url);
  await Promise.race([
    input.run({ ...desk, cookie, postMail: (raw) => postMail(desk, raw) }),
    wait(WATCH_MAX_MS),
  ]);
}

/** The figures while `work` runs: probes of the empty route, ordinary mails one after the other, and memory. */
async function watch(desk: BenchDesk, work: () => Promise<void>): Promise<Figures> {
  let isOver = false;
  const tookMs: number[] = [];
  const mailsMs: number[] = [];
  let memoryMb = 0;
  const probe = async () => {
    while (!isOver) {
      const begun = performance.now();
      await fetch(`${desk.url}/api/health/live`).then((response) => response.arrayBuffer());
      tookMs.push(performance.now() - begun);
      memoryMb = Math.max(memoryMb, memoryOf(desk.pid));
      await wait(PROBE_EVERY_MS);
    }
  };
  const mails = async () => {
    while (!isOver) {
      const begun = performance.now();
      await postMail(desk, ordinaryMail());
      mailsMs.push(performance.now() - begun);
      await wait(250);
    }
  };
  const watching = Promise.all([probe(), mails()]);
  await work();
  isOver = true;
  await watching;
  return { p99Ms: percentile(tookMs, 0.99), mailMs: percentile(mailsMs, 0.95), memoryMb };
}

/** Posts a mail; the answer comes once it is a ticket, or after 5 s. */
async function postMail({ url }: Pick<BenchDesk, "url">, raw: Uint8Array): Promise<number> {
  const response = await fetch(`${url}/api/emails/inbound`, {
    method: "POST",
    headers: { authorization: `Bearer ${INBOUND_SECRET}`, "content-type": "message/rfc822" },
    body: new Uint8Array(raw),
  });
  await response.arrayBuffer();
  return response.status;
}

function memoryOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes ?? 0) / 1024;
}

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Prints one row; false if a figure is beyond what is allowed. */
function print(name: string, idle: Figures, busy: Figures): boolean {
  const live = busy.p99Ms / idle.p99Ms;
  const mail = busy.mailMs / idle.mailMs;
  const cells = [busy.p99Ms.toFixed(1), live.toFixed(1), busy.mailMs.toFixed(0), mail.toFixed(1)];
  console.log(`| ${name} | ${cells.join(" | ")} | ${busy.memoryMb.toFixed(0)} |`);
  return live <= ALLOWED && mail <= ALLOWED;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
