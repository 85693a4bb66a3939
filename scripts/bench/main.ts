// `npm run bench`: compares the claim and the lists with two baselines in one run, on 1,000 and on 100,000 tickets.
// Baseline A is an empty route of the same server, baseline B the driver's bare conditional write.
import { setTimeout as wait } from "node:timers/promises";
import mongoose from "mongoose";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { startMongod } from "@/scripts/mongod";
import { buildIfStale } from "@/scripts/build.mjs";
import { signIn, startBenchDesk } from "./desk";
import { measure, type Figures } from "./measure";
import { seedThreads } from "./seed";

const SIZES = process.argv.includes("--short") ? [1_000] : [1_000, 100_000];
const CLIENTS = [1, 16, 64];
const REQUESTS = process.argv.includes("--short") ? 200 : 600;

type Row = { tickets: number; clients: number; what: string; figures: Figures; overA: number; overB: number };

async function main(): Promise<void> {
  buildIfStale(console.log, "pipe");
  const mongod = await startMongod();
  const rows: Row[] = [];
  try {
    for (const tickets of SIZES) rows.push(...(await benchSize(mongod.uri(`bench_${tickets}`), tickets)));
  } finally {
    await mongod.stop();
  }
  print(rows);
}

async function benchSize(uri: string, tickets: number): Promise<Row[]> {
  await connectDb(uri);
  await createIndexes();
  await disconnectDb();
  await mongoose.connect(uri, {
    writeConcern: { w: "majority" },
    maxPoolSize: 64,
    autoCreate: false,
    autoIndex: false,
  });
  const desk = await startBenchDesk(uri);
  const { url } = desk;
  try {
    const cookie = await signIn(url);
    const rows: Row[] = [];
    for (const clients of CLIENTS) rows.push(...(await benchClients(url, cookie, tickets, clients)));
    return rows;
  } finally {
    await desk.stop();
    await mongoose.connection.dropDatabase();
    await mongoose.disconnect();
  }
}

async function benchClients(url: string, cookie: string, tickets: number, clients: number): Promise<Row[]> {
  const ids = await seedThreads(tickets, REQUESTS * 2);
  const claims = ids.slice(0, REQUESTS);
  const writes = ids.slice(REQUESTS, REQUESTS * 2);
  const get = (path: string) => async () => {
    const response = await fetch(`${url}${path}`, { headers: { cookie } });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  };
  const claim = async (turn: number) => {
    const response = await fetch(`${url}/api/emails/claim`, {
      method: "POST",
      headers: { cookie, origin: url, "content-type": "application/json" },
      body: JSON.stringify({ threadId: claims[turn] }),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`A claim answered ${response.status}`);
  };
  const collection = mongoose.connection.collection("emailthreads");
  const write = async (turn: number) => {
    const won = await collection.findOneAndUpdate(
      { _id: new mongoose.Types.ObjectId(writes[turn]), assignedTo: null },
      { $set: { assignedTo: "baseline", claimedAt: new Date() } },
    );
    if (!won) throw new Error("The bare write changed nothing");
  };

  // Not measured: the first requests compile code and fill caches.
  await measure(get("/api/health/live"), 1, 30);
  await measure(get("/api/emails/tickets/unassigned"), 1, 10);
  await wait(300);

  const baselineA = await measure(get("/api/health/live"), clients, REQUESTS);
  const baselineB = await measure(write, clients, REQUESTS);
  const measured: [string, Figures][] = [
    ["baseline A: empty route", baselineA],
    ["baseline B: bare conditional write", baselineB],
    ["claim", await measure(claim, clients, REQUESTS)],
    ["Unassigned, 50 rows", await measure(get("/api/emails/tickets/unassigned"), clients, REQUESTS)],
    ["Mine, 50 rows", await measure(get("/api/emails/tickets/mine"), clients, REQUESTS)],
    ["All, 50 rows", await measure(get("/api/emails/tickets"), clients, REQUESTS)],
    ["counters", await measure(get("/api/emails/tickets/counts"), clients, REQUESTS)],
  ];
  return measured.map(([what, figures]) => ({
    tickets,
    clients,
    what,
    figures,
    overA: figures.p50Ms / baselineA.p50Ms,
    overB: figures.p50Ms / baselineB.p50Ms,
  }));
}

function print(rows: Row[]): void {
  console.log("| tickets | clients | what | p50 ms | p95 ms | per second | × baseline A | × baseline B |");
  console.log("|---:|---:|---|---:|---:|---:|---:|---:|");
  for (const { tickets, clients, what, figures, overA, overB } of rows) {
    const { p50Ms, p95Ms, perSecond } = figures;
    console.log(
      `| ${tickets} | ${clients} | ${what} | ${p50Ms.toFixed(1)} | ${p95Ms.toFixed(1)} | ${perSecond.toFixed(0)} | ${overA.toFixed(1)} | ${overB.toFixed(1)} |`,
    );
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
