import "server-only";
import { EventEmitter } from "node:events";
import { processSingleton } from "@/lib/process-singleton";

const bus = processSingleton("nudge", () => new EventEmitter().setMaxListeners(0));

/** Tells this process's followers that something is due. Losing a nudge costs a sweep's delay, nothing else. */
export function nudgeFollowers(): void {
  bus.emit("due");
}

/** Calls `listener` on each nudge until the returned function is called. */
export function onNudge(listener: () => void): () => void {
  bus.on("due", listener);
  return () => bus.off("due", listener);
}
