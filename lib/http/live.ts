import "server-only";
import { openLiveStream, LIFE_MS } from "@/lib/live/stream";
import { STREAMS_PER_MEMBER, takeSlot } from "@/lib/live/slots";
import { isStopping } from "@/lib/process/running";
import type { TeamMember } from "@/lib/api/vocabulary";
import { Refusal, unavailable } from "./refusal";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // Nothing between us and the browser may delay events: no compression, no proxy buffer.
  "cache-control": "private, no-store, no-transform",
  "x-accel-buffering": "no",
};

/** The live stream of one window. Refuses with 429 a member who already has as many open as allowed, in all processes. */
export async function openLive(request: Request, { id }: TeamMember): Promise<Response> {
  if (request.method === "HEAD") return new Response(null, { headers: HEADERS });
  if (isStopping()) throw unavailable("This server is about to stop. Ask again.");
  const releaseSlot = await takeSlot(id, LIFE_MS);
  if (!releaseSlot) {
    throw new Refusal(
      "too_many_requests",
      `You have ${STREAMS_PER_MEMBER} windows with the live stream open. This one asks now and then instead.`,
      {},
      { "retry-after": "60" },
    );
  }
  const body = await openLiveStream({ memberId: id, signal: request.signal, onEnd: releaseSlot });
  return new Response(body, { headers: HEADERS });
}
