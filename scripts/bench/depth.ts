import mongoose, { type mongo } from "mongoose";
import type { BenchDesk } from "./desk";
import { median } from "./figures";
import { commandsOf, READS } from "./floors";
import type { Load } from "./load";
import { seedDeep, threads } from "./seed";

const DEPTH = 100_000;
/** How many tickets there are; the second number is reached by adding to the first. */
const SIZES = [1_000, 300_000];
const ROUNDS = 7;
const SLICE_MS = 400;
const LISTS = ["Unassigned", "Mine", "All"] as const;

export type DepthFigures = { list: string; tickets: number; place: string; p50Ms: number; p95Ms: number };

/** Page 1 of each list with few and with many tickets, and the page that begins at row 100,000; taken in turns. */
export async function measureDepth(
  desk: BenchDesk,
  load: Load,
  sessions: () => string[],
): Promise<DepthFigures[]> {
  const figures: DepthFigures[] = [];
  for (const [index, tickets] of SIZES.entries()) {
    await seedDeep(tickets - (SIZES[index - 1] ?? 0));
    const pages: { list: string; place: string; path: string; p50: number[]; p95: number[] }[] = [];
    for (const list of LISTS) {
      const { path, ask } = READS[list];
      pages.push({ list, place: "page 1", path, p50: [], p95: [] });
      if (tickets <= DEPTH) continue;
      const cursor = await cursorAt(await commandsOf(ask));
      pages.push({
        list,
        place: `row ${DEPTH.toLocaleString("en")}`,
        path: `${path}?cursor=${cursor}`,
        p50: [],
        p95: [],
      });
    }
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const page of pages) {
        // The one member whose list is that long.
        const job = { kind: "http" as const, origin: desk.url, method: "GET" as const, path: page.path };
        const { p50Ms, p95Ms } = await load.run({
          ...job,
          ...{ cookies: sessions().slice(1, 2), clients: 1, forMs: SLICE_MS },
        });
        if (round === 0) continue; // the database reads its files
        page.p50.push(p50Ms);
        page.p95.push(p95Ms);
      }
    }
    for (const { list, place, p50, p95 } of pages) {
      figures.push({ list, tickets, place, p50Ms: median(p50), p95Ms: median(p95) });
    }
  }
  return figures;
}

/** The cursor of the page that begins at row 100,000 of the list that these commands read. */
async function cursorAt(commands: Uint8Array): Promise<string> {
  const [command] = (mongoose.mongo.BSON.deserialize(commands) as { commands: mongo.Document[] }).commands;
  const { filter, sort } = command ?? {};
  const last = await threads().find(filter).sort(sort).skip(DEPTH).limit(1).next();
  if (!last) throw new Error(`A list has no row ${DEPTH}.`);
  const field = Object.keys(sort as object)[0] ?? "";
  return `${(last[field] as Date).getTime()}-${last._id.toHexString()}`;
}
