// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import type { Attachment } from "mailparser";

/** https://developers.google.com/workspace/gmail/reactions/format */
const GMAIL_REACTION = "text/vnd.google.email-reaction+json";
const CONTENT_MAX_BYTES = 1_000;

/** One emoji as Unicode recommends it. The "v" flag is newer than the language level that we compile for. */
const EMOJI = new RegExp("^\\p{RGI_Emoji}$", "v");
/** A character that is text without the variation selector, which some programs leave out. */
const BARE = /(?!\p{Emoji_Presentation})\p{Extended_Pictographic}(?![\uFE0F\p{Emoji_Modifier}])/gu;

export type Reaction = { emoji: string; part: Attachment };

/**
 * The reaction that a mail is: Gmail's, or by RFC 9078 (Content-Disposition: reaction). Null if it has none, other than one
 * emoji, or a file as well.
 */
export function reactionIn(parts: Attachment[]): Reaction | null {
  for (const part of parts) {
    const emoji = emojiOf(part);
    if (emoji !== null)
      return parts.every((other) => other === part || other.related) ? { emoji, part } : null;
  }
  return null;
}

function emojiOf(part: Attachment): string | null {
  const disposition = part.contentDisposition?.toLowerCase();
  if (part.content.length > CONTENT_MAX_BYTES) return null;
  if (part.contentType === GMAIL_REACTION && disposition !== "attachment") return oneEmoji(emojiInJson(part));
  if (part.contentType === "text/plain" && disposition === "reaction")
    return oneEmoji(part.content.toString());
  return null;
}

function emojiInJson({ content }: Attachment): string {
  try {
    const value = JSON.parse(content.toString()) as unknown;
    const isFirstVersion =
      typeof value === "object" && value !== null && "version" in value && value.version === 1;
    return isFirstVersion && "emoji" in value && typeof value.emoji === "string" ? value.emoji : "";
  } catch {
    return "";
  }
}

function oneEmoji(text: string): string | null {
  const emoji = text.trim().replace(BARE, "$&\uFE0F");
  return EMOJI.test(emoji) ? emoji : null;
}
