import "server-only";
import { openLiveStream, LIFE_MS } from "@/lib/live/stream";
import { STREAMS_PER_MEMBER, takeSlot } from "@/lib/live/slots";
import { isStopping } from "@/lib/process/running";
import type { TeamMember } from "@/lib/api/vocabulary";
import { Refusal } from "./refusal";
import { unavailable } from "./route";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // Nothing on the way may keep events back: no compression, no buffer of a proxy.
  "cache-control": "private, no-store, no-transform",
  "x-accel-buffering": "no",
};

/** The live stream of one window. Refuses with 429 whoever has as many open as a member may, over all processes. */
export async function openLive(request: Request, { id }: TeamMember): Promise<Response> {
  if (request.method === "HEAD") return new Response(null, { headers: HEADERS });
  if (isStopping()) throw unavailable("This server is about to stop. Ask again.");
  const giveBack = await takeSlot(id, LIFE_MS);
  if (!giveBack) {
    throw new Refusal(
      "too_many_requests",
      `You have ${STREAMS_PER_MEMBER} windows with the live stream open. This one asks now and then instead.`,
      {},
      { "retry-after": "60" },
    );
  }
  const body = await openLiveStream({ memberId: id, signal: request.signal, onEnd: giveBack });
  return new Response(body, { headers: HEADERS });
}
