import { readdirSync, readFileSync } from "node:fs";

// Linux tells about its processes in /proc; the benchmark runs there only.

/** Milliseconds of CPU in one tick of /proc/PID/stat; the kernel's unit is the same on every machine. */
const TICK_MS = 10;

/** CPU that a process has used in all its threads, in milliseconds; 0 if it has ended. */
export function cpuMsOf(pid: number): number {
  // The second field is the name in parentheses, which may itself hold spaces.
  const fields = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}

/** Memory of a process that is in RAM, in MB; 0 if it has ended. */
export function memoryMbOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** The processes that `pid` has started and that still run, their own ones included. */
export function childrenOf(pid: number): number[] {
  const own = tasksOf(pid).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(" ").filter(Boolean).map(Number),
  );
  return own.flatMap((child) => [child, ...childrenOf(child)]);
}

/** The `mongod` that this process has started. Throws if there is none. */
export function ownMongod(): number {
  const pid = childrenOf(process.pid).find((child) => read(`/proc/${child}/comm`).trim() === "mongod");
  if (pid === undefined) throw new Error("No mongod runs below this process.");
  return pid;
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // ended meanwhile
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // ended meanwhile
  }
}
