import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import path from "node:path";
import type { DepthFigures } from "./depth";
import { goalsOf } from "./goals";
import type { Memory } from "./memory";
import { WORKERS, type QueueFigures } from "./queues";
import { bothRates, floorsOf, medianOf, spreadOf, type Cpu, type Round } from "./requests";
import { WINDOWS, type WindowCost } from "./windows";

/** What a run has measured; parts that it left out are missing. */
export type Results = {
  startedAt: Date;
  /** Programs that wanted a core at the start, as a mean over a minute. */
  loadBefore: number;
  tookMs?: number;
  requests?: { clients: number; withWindows: boolean; rounds: Round[] }[];
  wholeClaim?: Omit<Cpu, "load">;
  memory?: Memory[];
  depth?: DepthFigures[];
  windows?: WindowCost[];
  queues?: QueueFigures[];
};

const FILE = path.resolve(import.meta.dirname, "..", "..", "docs", "performance.md");
const BEGIN = "<!-- What follows is written by npm run bench. -->";
const END = "<!-- End of what npm run bench writes. -->";

/** Puts the tables into docs/performance.md, between its two marks. */
export function writeReport(results: Results): void {
  const [before = "", rest = ""] = readFileSync(FILE, "utf8").split(BEGIN);
  const after = rest.split(END)[1] ?? "\n";
  writeFileSync(FILE, `${before}${BEGIN}\n\n${reportOf(results)}\n${END}${after}`);
  console.log(`Written to ${path.relative(process.cwd(), FILE)}.`);
}

/** The tables and goals, in Markdown. */
export function reportOf(results: Results): string {
  const { requests, wholeClaim, memory, depth, windows, queues } = results;
  return [
    headOf(results),
    ["## Goals", "", ...goalsOf(results)].join("\n"),
    ...(requests ? requestTables(requests) : []),
    wholeClaim ? wholeClaimText(wholeClaim) : null,
    windows ? windowTable(windows) : null,
    queues ? queueTable(queues) : null,
    depth ? depthTable(depth) : null,
    memory ? memoryTable(memory) : null,
  ]
    .filter((part) => part !== null)
    .join("\n\n")
    .concat("\n");
}

function headOf({ startedAt, loadBefore, tookMs = 0 }: Results): string {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  const date = startedAt.toISOString().slice(0, 16).replace("T", " ");
  return `Measured on ${date} UTC, in ${Math.round(tookMs / 1_000)} s, on ${availableParallelism()} cores (${model}), ${memoryGb} GB, Linux, Node ${process.versions.node}, one mongod on the same machine. Load average before it began: ${loadBefore.toFixed(1)}.`;
}

const LABELS: Record<string, string> = {
  A: "A: empty route",
  B: "B: bare write",
  "A again": "A: empty route, once more",
};

function requestTables(requests: NonNullable<Results["requests"]>): string[] {
  return requests.map(({ clients, withWindows, rounds }) => {
    const names = Object.keys(rounds[0] ?? {});
    const rows = names.map((name) => {
      const number = (pick: Parameters<typeof medianOf>[2], digits: number) =>
        medianOf(rounds, name, pick).toFixed(digits);
      const { rate, time, cpu } = ratiosOf(rounds, name);
      return [
        LABELS[name] ?? name,
        number(({ perSecond }) => perSecond, 0),
        number(({ p50Ms }) => p50Ms, 2),
        number(({ p95Ms }) => p95Ms, 2),
        rate,
        time,
        cpu,
        ...(["web", "worker", "database", "load"] as const).map((process) =>
          number(({ cpu }) => cpu[process], 2),
        ),
        number(({ bytesEach }) => bytesEach, 0),
      ];
    });
    const title = `### ${clients} ${clients === 1 ? "client" : "clients"}${withWindows ? ", 50 live windows open" : ""}`;
    const head = [
      ...["what", "req/s", "p50 ms", "p95 ms", "rate ÷ 1/(1/A + 1/B)", "p50 ÷ (A + B)", "CPU ÷ (A + B)"],
      ...["web", "worker", "database", "load", "bytes"],
    ];
    return `${title}\n\n${table(head, rows)}`;
  });
}

/** A ratio is taken within each round: its median, and the least and the most. */
function ratiosOf(rounds: Round[], name: string): { rate: string; time: string; cpu: string } {
  const pairs = rounds.flatMap((round) => {
    const floors = floorsOf(round, name);
    const own = round[name];
    return floors && own ? [{ own, ...floors }] : [];
  });
  if (pairs.length === 0) return { rate: "", time: "", cpu: "" };
  return {
    rate: spread(pairs.map(({ own, a, b }) => own.perSecond / bothRates(a, b))),
    time: spread(pairs.map(({ own, a, b }) => own.p50Ms / (a.p50Ms + b.p50Ms))),
    // The driver of floor B works in the load's process.
    cpu: spread(
      pairs.map(({ own, a, b }) => deskCpu(own.cpu) / (deskCpu(a.cpu) + deskCpu(b.cpu) + b.cpu.load)),
    ),
  };
}

function deskCpu({ web, worker, database }: Cpu): number {
  return web + worker + database;
}

function spread(values: number[]): string {
  const { median, least, most } = spreadOf(values);
  return `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function wholeClaimText({ web, worker, database }: Omit<Cpu, "load">): string {
  return `One claim with its history copied by the worker costs ${web.toFixed(2)} ms of CPU in the web process, ${worker.toFixed(2)} ms in the worker and ${database.toFixed(2)} ms in the database.`;
}

function windowTable(costs: WindowCost[]): string {
  const rows = costs.map(({ page, change, requests, bytes, operations, paths }) => [
    page,
    change,
    requests.toFixed(1),
    bytes.toFixed(0),
    String(operations),
    Object.entries(paths)
      .map(([name, count]) => `${name} × ${count}`)
      .join(", "),
  ]);
  const head = [
    "page",
    "a colleague's …",
    "requests",
    "bytes",
    "database operations for all",
    "requests of all windows, all repeats",
  ];
  return `### An open window\n\n${WINDOWS} windows, each in a browser of its own. Requests and bytes are those of one window.\n\n${table(head, rows)}`;
}

function queueTable(figures: QueueFigures[]): string {
  const rows = figures.map(({ queue, perSecond }) => [
    queue.name,
    queue.row,
    queue.waitsFor,
    ...WORKERS.map((count) => (perSecond[count] ?? 0).toFixed(0)),
    `${((perSecond[4] ?? 0) / (perSecond[1] || 1)).toFixed(1)} ×`,
  ]);
  const head = ["queue", "one row", "waits for", ...WORKERS.map((count) => `${count} /s`), "4 against 1"];
  return `### Queues\n\nRows per second with 1, 2 and 4 workers, each a process of its own.\n\n${table(head, rows)}`;
}

function depthTable(figures: DepthFigures[]): string {
  const rows = figures.map(({ list, tickets, place, p50Ms, p95Ms }) => [
    list,
    tickets.toLocaleString("en"),
    place,
    p50Ms.toFixed(2),
    p95Ms.toFixed(2),
  ]);
  return `### Depth\n\n${table(["list", "tickets", "page at", "p50 ms", "p95 ms"], rows)}`;
}

function memoryTable(memory: Memory[]): string {
  const rows = memory.map(({ when, web, worker, database }) => [
    when,
    ...[web, worker, database].map((mb) => mb.toFixed(0)),
  ]);
  return `### Memory\n\nIn RAM, in MB.\n\n${table(["when", "web", "worker", "database"], rows)}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
