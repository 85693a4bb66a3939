import "server-only";
import { EventEmitter } from "node:events";
import { processSingleton } from "@/lib/process-singleton";
import { ownWorker } from "./own-worker";

/** What has become due. Each follower listens to its own topic. */
export type Topic = "ingest" | "deliver" | "cards" | "events" | "erasure" | "team" | "bulk";

const bus = processSingleton("nudge-bus", () => new EventEmitter().setMaxListeners(0));

/**
 * Tells the followers of these topics that something is due, in this process and in its worker. Only a hint that may get
 * lost: each follower also looks every second.
 */
export function nudge(...topics: Topic[]): void {
  for (const topic of topics) bus.emit(topic);
  ownWorker()?.nudge(topics);
}

/** Calls `listener` on each nudge of `topic` until the returned function is called. */
export function onNudge(topic: Topic, listener: () => void): () => void {
  bus.on(topic, listener);
  return () => bus.off(topic, listener);
}
