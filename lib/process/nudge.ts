import "server-only";
import { EventEmitter } from "node:events";
import { processSingleton } from "@/lib/process-singleton";

const bus = processSingleton("nudge", () => new EventEmitter().setMaxListeners(0));

/** Wakes this process's followers, since something is due. Without it they look within a second. */
export function nudgeFollowers(): void {
  bus.emit("due");
}

/** Calls `listener` on each nudge until the returned function is called. */
export function onNudge(listener: () => void): () => void {
  bus.on("due", listener);
  return () => bus.off("due", listener);
}
