import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The inspector of the web process listens here once it gets SIGUSR1; see `INSPECTED_ENVIRONMENT`. */
const PORT = 9_329;
export const INSPECTED_ENVIRONMENT = { NODE_OPTIONS: `--inspect-port=${PORT}` };
const FOLDER = path.resolve(import.meta.dirname, "..", "..", ".cache", "bench");

type Frame = { functionName: string; url: string; lineNumber: number };
type Profile = {
  nodes: { id: number; callFrame: Frame; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
};

/**
 * Takes a CPU profile of the process `pid` while `work` runs, and writes it as `name`.cpuprofile, which Chromium's
 * developer tools open. Prints the functions that took most.
 */
export async function profiled<Value>(pid: number, name: string, work: () => Promise<Value>): Promise<Value> {
  const inspector = await openInspector(pid);
  await inspector.call("Profiler.enable");
  await inspector.call("Profiler.setSamplingInterval", { interval: 500 });
  await inspector.call("Profiler.start");
  const value = await work();
  const { profile } = (await inspector.call("Profiler.stop")) as { profile: Profile };
  inspector.close();
  mkdirSync(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `${name}.cpuprofile`);
  writeFileSync(file, JSON.stringify(profile));
  console.log(`\nCPU profile of the web process: ${path.relative(process.cwd(), file)}`);
  printTop(profile);
  return value;
}

/** Makes the process `pid` give back all memory that it does not need; otherwise V8 keeps it as long as it likes. */
export async function collectGarbage(pid: number): Promise<void> {
  const inspector = await openInspector(pid);
  await inspector.call("HeapProfiler.enable");
  await inspector.call("HeapProfiler.collectGarbage");
  inspector.close();
}

async function openInspector(pid: number) {
  process.kill(pid, "SIGUSR1");
  const socket = new WebSocket(await addressOfInspector());
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("The inspector did not answer.")));
  });
  const answers = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id !== undefined) answers.get(id)?.(result);
  });
  let id = 0;
  return {
    call: (method: string, params = {}) =>
      new Promise<unknown>((resolve) => {
        id += 1;
        answers.set(id, resolve);
        socket.send(JSON.stringify({ id, method, params }));
      }),
    close: () => socket.close(),
  };
}

async function addressOfInspector(): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const listed = await fetch(`http://127.0.0.1:${PORT}/json/list`).then(
      async (response) => (await response.json()) as { webSocketDebuggerUrl: string }[],
      () => [],
    );
    if (listed[0]) return listed[0].webSocketDebuggerUrl;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No inspector listens on port ${PORT}.`);
}

function printTop({ nodes, samples, timeDeltas }: Profile): void {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const ownUs = new Map<string, number>();
  let totalUs = 0;
  samples.forEach((id, index) => {
    const name = frames.get(id) ?? "";
    const tookUs = timeDeltas[index] ?? 0;
    if (name === "(idle)") return;
    totalUs += tookUs;
    ownUs.set(name, (ownUs.get(name) ?? 0) + tookUs);
  });
  const top = [...ownUs].toSorted(([, a], [, b]) => b - a).slice(0, 25);
  for (const [name, tookUs] of top)
    console.log(`${((tookUs / totalUs) * 100).toFixed(1).padStart(6)} %  ${name}`);
}

function nameOf({ functionName, url, lineNumber }: Frame): string {
  if (functionName.startsWith("(")) return functionName;
  const place = url.split("/").slice(-3).join("/");
  return `${functionName || "anonymous"} ${place}:${lineNumber + 1}`;
}
