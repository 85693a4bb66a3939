import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import mongoose from "mongoose";
import { chromium, type Browser, type Page } from "playwright-core";
import { ensureChromium } from "@/scripts/chromium.mjs";
import { signIn, type BenchDesk } from "./desk";
import { median } from "./figures";
import { addClaimable } from "./seed";

/** Windows that are open at once, each in a browser of its own; the demo's three members have four each. */
export const WINDOWS = 12;
const MEMBERS = ["user_demo_priya", "user_demo_tomas", "user_demo_maya"];
const COLLEAGUE = "user_demo_maya";
/** Time in which everything that follows a change has reached the windows, in milliseconds. */
const SETTLE_MS = 2_000;
/** What every window asks every now and then, whether anything changes or not. */
const BY_THE_CLOCK = "GET /api/desk-status";
const REPEATS = 3;

/** What one change cost one window (requests, and bytes in both directions of answers and live events), and the database. */
export type WindowCost = {
  page: string;
  change: string;
  requests: number;
  bytes: number;
  /** Operations of the database for all windows together, without what it does anyhow in the same time. */
  operations: number;
  /** The requests that were made, by path and how often in all windows. */
  paths: Record<string, number>;
};

/** Counts in a real Chromium what a colleague's claim and reply cost open windows, on Unassigned and on a ticket page. */
export async function measureWindows(desk: BenchDesk): Promise<WindowCost[]> {
  const browser = await chromium.launch({
    executablePath: ensureChromium(),
    headless: true,
    args: ["--no-sandbox"],
  });
  try {
    const colleague = await signIn(desk.url, COLLEAGUE);
    const act = async (verb: "claim" | "reply", threadId: string) => {
      const text = `Thank you for your question. The invoice is corrected now. ${randomUUID()}`;
      const response = await fetch(`${desk.url}/api/emails/${verb}`, {
        method: "POST",
        headers: { cookie: colleague, origin: desk.url, "content-type": "application/json" },
        body: JSON.stringify(verb === "claim" ? { threadId } : { threadId, text }),
      });
      if (!response.ok) throw new Error(`The ${verb} answered ${response.status} ${await response.text()}`);
    };
    const shown = await addClaimable(40);
    const next = () => shown.shift() ?? "";
    const costs: WindowCost[] = [];

    const lists = await openWindows(browser, desk, "/dashboard/tickets/unassigned");
    costs.push(await cost(lists, "Unassigned", "claim of a ticket it shows", () => act("claim", next())));
    costs.push(await cost(lists, "Unassigned", "reply to a ticket it shows", () => act("reply", next())));
    await lists.close();

    const ticket = next();
    const pages = await openWindows(browser, desk, `/dashboard/tickets/${ticket}`);
    costs.push(await cost(pages, "ticket page", "claim of another ticket", () => act("claim", next())));
    costs.push(await cost(pages, "ticket page", "claim of this ticket", () => act("claim", ticket), 1));
    costs.push(await cost(pages, "ticket page", "reply to this ticket", () => act("reply", ticket)));
    await pages.close();
    return costs;
  } finally {
    await browser.close();
  }
}

type Windows = { counters: Counter[]; close: () => Promise<void> };

async function openWindows(browser: Browser, desk: BenchDesk, path: string): Promise<Windows> {
  const windows = await Promise.all(
    Array.from({ length: WINDOWS }, async (_, index) => {
      const context = await browser.newContext({ baseURL: desk.url });
      const [name = "", value = ""] = (await signIn(desk.url, MEMBERS[index % MEMBERS.length])).split("=", 2);
      await context.addCookies([{ name, value, url: desk.url }]);
      const page = await context.newPage();
      const counter = await countTraffic(page);
      await page.goto(path);
      return { context, counter };
    }),
  );
  await wait(5_000); // hydrated, live, and whatever is looked up ahead is there
  return {
    counters: windows.map(({ counter }) => counter),
    close: async () => void (await Promise.all(windows.map(({ context }) => context.close()))),
  };
}

type Counter = { requests: string[]; bytes: number };

async function countTraffic(page: Page): Promise<Counter> {
  const counter: Counter = { requests: [], bytes: 0 };
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  network.on("Network.requestWillBeSent", ({ request }) => {
    counter.requests.push(
      `${request.method} ${new URL(request.url).pathname.replaceAll(/[0-9a-f]{24}/g, "ID")}`,
    );
  });
  network.on(
    "Network.responseReceived",
    ({ response }) => void (counter.bytes += response.encodedDataLength),
  );
  network.on("Network.dataReceived", ({ encodedDataLength, dataLength }) => {
    counter.bytes += encodedDataLength || dataLength;
  });
  return counter;
}

async function cost(
  { counters }: Windows,
  page: string,
  change: string,
  act: () => Promise<void>,
  repeats = REPEATS,
): Promise<WindowCost> {
  const seen: Omit<WindowCost, "page" | "change" | "paths">[] = [];
  const paths: Record<string, number> = {};
  const quiet = await during(counters, async () => {});
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const busy = await during(counters, act);
    for (const path of busy.requests) paths[path] = (paths[path] ?? 0) + 1;
    seen.push({
      requests: busy.requests.length / counters.length,
      bytes: Math.max(0, busy.bytes - quiet.bytes) / counters.length,
      operations: Math.max(0, busy.operations - quiet.operations),
    });
  }
  const middle = (name: "requests" | "bytes" | "operations") => median(seen.map((one) => one[name]));
  return {
    page,
    change,
    paths,
    requests: middle("requests"),
    bytes: middle("bytes"),
    operations: middle("operations"),
  };
}

async function during(counters: Counter[], act: () => Promise<void>) {
  for (const counter of counters) Object.assign(counter, { requests: [], bytes: 0 });
  const before = await operationsOfDatabase();
  await act();
  await wait(SETTLE_MS);
  return {
    requests: counters.flatMap(({ requests }) => requests).filter((path) => path !== BY_THE_CLOCK),
    bytes: counters.reduce((sum, { bytes }) => sum + bytes, 0),
    operations: (await operationsOfDatabase()) - before,
  };
}

async function operationsOfDatabase(): Promise<number> {
  const status = await mongoose.connection.db?.admin().command({ serverStatus: 1 });
  const {
    insert,
    query,
    update,
    delete: deleted,
    getmore,
    command,
  } = status?.opcounters as Record<string, number>;
  return [insert, query, update, deleted, getmore, command].reduce<number>(
    (sum, count = 0) => sum + count,
    0,
  );
}
