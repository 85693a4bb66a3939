import { REPLY_TEXT_MAX } from "@/lib/api/contracts";

/** Why this text cannot be sent, as a sentence; null where it can. */
export function problemOf(text: string): string | null {
  if (text.trim() === "") return "Write something before sending.";
  const excess = text.length - REPLY_TEXT_MAX;
  if (excess <= 0) return null;
  return `The reply is ${excess.toLocaleString("en")} characters too long. Shorten it; your text is kept.`;
}
