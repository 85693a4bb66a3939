import "server-only";
import { cache } from "react";
import type { LiveQuery } from "@/lib/api/contracts";
import { liveBoard } from "@/lib/live/board";
import { openLiveStream, LIFE_MS } from "@/lib/live/stream";
import { STREAMS_PER_MEMBER, takeSlot } from "@/lib/live/slots";
import { log } from "@/lib/log";
import { isStopping } from "@/lib/process/running";
import { LIVE_READS } from "@/lib/tickets/live-reads";
import type { TeamMember } from "@/lib/api/vocabulary";
import { Refusal, unavailable } from "./refusal";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // Nothing between us and the browser may delay events: no compression, no proxy buffer.
  "cache-control": "private, no-store, no-transform",
  "x-accel-buffering": "no",
};

/** The live stream of one browser. Refuses with 429 a member who already has as many open as allowed, in all processes. */
export async function openLive(
  request: Request,
  { id }: TeamMember,
  { since }: LiveQuery,
): Promise<Response> {
  if (request.method === "HEAD") return new Response(null, { headers: HEADERS });
  if (isStopping()) throw unavailable("This server is about to stop. Ask again.");
  const releaseSlot = await takeSlot(id, LIFE_MS);
  if (!releaseSlot) {
    throw new Refusal(
      "too_many_requests",
      `You have ${STREAMS_PER_MEMBER} browsers with the live stream open. This one asks now and then instead.`,
      {},
      { "retry-after": "60" },
    );
  }
  const body = await openLiveStream({
    memberId: id,
    reads: LIVE_READS,
    since: since === undefined ? undefined : new Date(since),
    signal: request.signal,
    onEnd: releaseSlot,
  });
  return new Response(body, { headers: HEADERS });
}

/**
 * The time at which a page began to read its data, ISO 8601; the same for all parts of one render, so each part asks
 * before it reads. This process listens to changes from before it, so that the page's stream knows what changed after.
 */
export const startOfReading = cache(async (): Promise<string> => {
  // Without the stream the page still works: it polls.
  await liveBoard(LIVE_READS)
    .open()
    .catch((error: unknown) => log.warn({ err: error }, "no change stream"));
  return new Date().toISOString();
});
