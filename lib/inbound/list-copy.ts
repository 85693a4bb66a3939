import "server-only";
import type { DeskAddresses } from "@/lib/conversation/desk";
import { addressKey } from "@/lib/mail/address";
import type { ParsedMail } from "@/lib/mail/parse";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { findThreadOfId } from "./thread-match";

type Arriving = { mail: ParsedMail; ownId: string; writer: string };
type Twin = Pick<StoredMessage, "_id" | "from" | "text" | "attachments">;

/**
 * The stored message that this mail is a copy of, if one of the two came by a mailing list, which adds a footer: the same
 * Message-ID and writer, one text within the other, and no file that the stored one lacks. Null if there is none. Another
 * mail with a Message-ID that was used before is no copy.
 */
export async function findListCopy(
  desk: DeskAddresses,
  { mail, ownId, writer }: Arriving,
): Promise<string | null> {
  if (mail.head.messageId === null) return null;
  const threadId = await findThreadOfId(desk, ownId);
  if (!threadId) return null;
  const twins = await EmailMessage.find(
    { threadId, direction: "inbound", rfcMessageId: `<${ownId}>` },
    { from: 1, text: 1, attachments: 1 },
  )
    .sort({ at: 1, _id: 1 })
    .limit(10)
    .lean<Twin[]>();
  const twin = twins.find(
    (stored) =>
      addressKey(stored.from) === addressKey(writer) &&
      isWithin(stored.text, mail.text) &&
      hasAllFiles(stored, mail),
  );
  return twin?._id ?? null;
}

/** Beginning of a text by which it is looked for in the other: short, so that hostile texts cost no more than long ones. */
const SOUGHT_CHARACTERS = 64;

/** True if the lines of one text stand in the other, apart from white space. */
function isWithin(stored: string, given: string): boolean {
  const [a, b] = [linesOf(stored), linesOf(given)];
  return a !== "" && b !== "" && (hasLines(a, b) || hasLines(b, a));
}

function linesOf(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/\s+/g, " ").trim());
  return lines.filter((line) => line !== "").join("\n");
}

function hasLines(whole: string, part: string): boolean {
  const [all, sought] = [`\n${whole}\n`, `\n${part}\n`];
  const at = all.indexOf(sought.slice(0, SOUGHT_CHARACTERS));
  return at >= 0 && all.startsWith(sought, at);
}

function hasAllFiles(stored: Twin, { attachments }: ParsedMail): boolean {
  const sizes = stored.attachments.map(({ sizeBytes }) => sizeBytes);
  return attachments.every(({ content }) => {
    const at = sizes.indexOf(content.byteLength);
    if (at >= 0) sizes.splice(at, 1);
    return at >= 0;
  });
}
