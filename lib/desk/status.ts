import "server-only";
import { destinationStatus } from "@/lib/cards/status";
import { mailSilence } from "@/lib/inbound/silence";
import type { DeskStatusResponse } from "@/lib/api/contracts";

/** Whether the desk's ways in and out work, as far as a person should hear of it. */
export async function readDeskStatus(now = new Date()): Promise<DeskStatusResponse> {
  const [cards, silence] = await Promise.all([destinationStatus(now), mailSilence(now)]);
  return { cards, mail: { silence } };
}
