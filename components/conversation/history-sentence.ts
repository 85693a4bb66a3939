import type { Notice } from "@/lib/api/vocabulary";
import { effectsOf, effectsOfReply, nameOf, possessive, writerWords } from "./history-words";
import { lineSentence, type About } from "./line-sentence";
import type { TimelineLine } from "./timeline";

/** The text of a line between the messages, without its time; null if a message card already shows it. */
export function historySentence(line: TimelineLine, readerId: string, about: About): string | null {
  switch (line.kind) {
    case "received":
    case "declined":
      return null;
    case "customer_replied":
      return effectOf(`${about.writer ? writerWords(about.writer) : "Somebody"}’s answer`, line, readerId);
    case "replied":
      return replyEffects(line, readerId);
    case "delivery_settled":
      if (!line.by) return effectOf(CAUSES[about.notice ?? "unknown"], line, readerId);
      return lineSentence(line, readerId, about);
    case "came_back":
    case "delayed":
      return effectOf(CAUSES[line.kind], line, readerId);
    case "claimed":
    case "unclaimed":
    case "reassigned":
    case "undone":
    case "status_changed":
    case "seen":
    case "card_requested":
    case "participants_changed":
    case "bodies_removed":
    case "customer_erased":
      return lineSentence(line, readerId, about);
  }
}

/** Why a ticket is open again, as the start of a sentence. */
const CAUSES: Record<Notice["kind"] | "unknown", string> = {
  came_back: "The mail that came back",
  failed: "The reply that was refused",
  unconfirmed: "The reply that nobody confirmed",
  delayed: "The reply that is delayed",
  undone: "The reply that was undone",
  unknown: "The delivery of a reply",
};

/** Null if it changed nothing else. */
function effectOf(cause: string, line: TimelineLine, readerId: string): string | null {
  const effects = effectsOf(line, readerId);
  return effects && `${cause} ${effects}`;
}

function replyEffects(line: TimelineLine, readerId: string): string | null {
  const effects = effectsOfReply(line);
  return effects.length > 0
    ? `${possessive(nameOf(line.by, readerId))} reply ${effects.join(" and ")}`
    : null;
}
