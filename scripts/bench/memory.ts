import type { BenchDesk } from "./desk";
import { childrenOf, memoryMbOf, ownMongod } from "./processes";

/** Memory in RAM of each process, in MB. */
export type Memory = { when: string; web: number; worker: number; database: number };

export function readMemory(when: string, { pid }: BenchDesk): Memory {
  const worker = childrenOf(pid).reduce((sum, child) => sum + memoryMbOf(child), 0);
  return { when, web: memoryMbOf(pid), worker, database: memoryMbOf(ownMongod()) };
}
