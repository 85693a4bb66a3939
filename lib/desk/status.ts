import "server-only";
import { destinationStatus } from "@/lib/cards/status";
import { countDeadLetters } from "./dead-letters";
import { mailSilence } from "@/lib/inbound/silence";
import { workerSilence } from "@/lib/process/heartbeat";
import { ownWorker } from "@/lib/process/own-worker";
import type { DeskStatusResponse, WorkerSilence } from "@/lib/api/contracts";

/** A worker of this process that was started less than this ago, in milliseconds, may not have beaten yet. */
const STARTING_MS = 60_000;

/** Whether mail, cards and the other work of the desk go on, as far as the team should know. */
export async function readDeskStatus(now = new Date()): Promise<DeskStatusResponse> {
  const [worker, cards, silence, stopped] = await Promise.all([
    readWorkerSilence(),
    destinationStatus(),
    mailSilence(now),
    countDeadLetters(),
  ]);
  return { worker, cards, mail: { silence }, stopped };
}

async function readWorkerSilence(): Promise<WorkerSilence | null> {
  const startedAt = ownWorker()?.startedAt ?? -Infinity;
  if (performance.now() - startedAt < STARTING_MS) return null;
  const since = await workerSilence();
  return since && { since: since === "ever" ? null : since.toISOString() };
}
