import "server-only";
import { destinationStatus } from "@/lib/cards/status";
import { mailSilence } from "@/lib/inbound/silence";
import type { DeskStatusResponse } from "@/lib/api/contracts";

/** Whether mail and cards work, as far as the team should know. */
export async function readDeskStatus(now = new Date()): Promise<DeskStatusResponse> {
  const [cards, silence] = await Promise.all([destinationStatus(), mailSilence(now)]);
  return { cards, mail: { silence } };
}
