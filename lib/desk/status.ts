import "server-only";
import { destinationStatus } from "@/lib/cards/status";
import { countDeadLetters } from "./dead-letters";
import { mailSilence } from "@/lib/inbound/silence";
import type { DeskStatusResponse } from "@/lib/api/contracts";

/** Whether mail, cards and the other work of the desk go on, as far as the team should know. */
export async function readDeskStatus(now = new Date()): Promise<DeskStatusResponse> {
  const [cards, silence, stopped] = await Promise.all([
    destinationStatus(),
    mailSilence(now),
    countDeadLetters(),
  ]);
  return { cards, mail: { silence }, stopped };
}
