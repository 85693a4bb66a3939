import "server-only";
import { bulkStep } from "@/lib/bulk/job-step";
import { cardStep } from "@/lib/cards/converge";
import { deliverStep } from "@/lib/outbound/deliver";
import { tellAssigneeStep } from "@/lib/outbound/tell-assignee";
import { tellThreadStep } from "@/lib/outbound/tell-thread";
import { ingestSlowStep, ingestStep } from "@/lib/inbound/ingest";
import type { Follower } from "@/lib/process/followers";
import { reconcileStep } from "@/lib/team/reconcile";
import { releaseStep } from "@/lib/team/release-tickets";
import { discardStep } from "@/lib/privacy/discard-files";
import { eraseStep } from "@/lib/privacy/erasure";
import { retentionStep } from "@/lib/privacy/retention";
import { eventStep } from "@/lib/tickets/events";

/**
 * The desk's followers. Those that wait for other servers run several at once; leases keep them apart. Changes of tickets
 * are gathered, since many come together; nobody waits for the history.
 */
export const FOLLOWERS: Follower[] = [
  { name: "ingest", step: ingestStep, concurrency: 3, topic: "ingest" },
  { name: "ingest-slow", step: ingestSlowStep, topic: "ingest", sweepMs: 2_000 },
  { name: "deliver", step: deliverStep, concurrency: 4, topic: "deliver" },
  { name: "reply-states", step: tellThreadStep, topic: "deliver", sweepMs: 2_000 },
  { name: "handover-mails", step: tellAssigneeStep, topic: "deliver", sweepMs: 2_000 },
  { name: "cards", step: cardStep, concurrency: 2, topic: "cards", gatherMs: 50 },
  { name: "events", step: eventStep, topic: "events", gatherMs: 200, sweepMs: 2_000 },
  { name: "bulk", step: bulkStep, concurrency: 2, topic: "bulk" },
  { name: "retention", step: retentionStep, sweepMs: 10_000 },
  { name: "discard", step: discardStep, sweepMs: 10_000 },
  { name: "erasure", step: eraseStep, topic: "erasure", sweepMs: 2_000 },
  { name: "release", step: releaseStep, topic: "team", sweepMs: 2_000 },
  { name: "reconcile", step: reconcileStep, sweepMs: 10_000 },
];

/**
 * Runs every follower until nothing is due or `boxMs` has passed, and returns how many units each did. For hosts without
 * long-lived processes. A started step is finished even after `boxMs`.
 */
export async function runDue(boxMs: number): Promise<Record<string, number>> {
  const deadline = performance.now() + boxMs;
  const done: Record<string, number> = {};
  await Promise.all(
    FOLLOWERS.map(async ({ name, step }) => {
      done[name] = 0;
      while (performance.now() < deadline && (await step()).worked) done[name] += 1;
    }),
  );
  return done;
}
