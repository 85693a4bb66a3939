import "server-only";
import { cardStep } from "@/lib/cards/converge";
import { deliverStep } from "@/lib/outbound/deliver";
import { ingestStep } from "@/lib/inbound/ingest";
import type { Follower } from "@/lib/process/followers";
import { eventStep } from "@/lib/tickets/events";

/** The desk's followers. Mail and cards wait on others' servers, so more than one is under way; leases keep them apart. */
export const FOLLOWERS: Follower[] = [
  { name: "ingest", step: ingestStep, concurrency: 2 },
  { name: "deliver", step: deliverStep, concurrency: 4 },
  { name: "cards", step: cardStep, concurrency: 2 },
  { name: "events", step: eventStep },
];

/**
 * Runs what is due, each follower in turn, until nothing is or `boxMs` has passed, and answers how many units each
 * did. For hosts without a process that lives long. A step that was begun is finished, whatever the box says.
 */
export async function runDue(boxMs: number): Promise<Record<string, number>> {
  const deadline = performance.now() + boxMs;
  const done: Record<string, number> = {};
  await Promise.all(
    FOLLOWERS.map(async ({ name, step }) => {
      done[name] = 0;
      while (performance.now() < deadline && (await step(new Date())).worked) done[name] += 1;
    }),
  );
  return done;
}
