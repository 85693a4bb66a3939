import "server-only";
import type { DeskAddresses } from "@/lib/conversation/desk";
import { addressKey } from "@/lib/mail/address";
import type { ParsedMail } from "@/lib/mail/parse";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { findThreadOfId } from "./thread-match";

type Arriving = { mail: ParsedMail; ownId: string; writer: string };
export type Twin = Pick<
  StoredMessage,
  "_id" | "threadId" | "from" | "text" | "attachments" | "list" | "verification"
>;
const TWIN_FIELDS = "threadId from text attachments list verification";

/**
 * The stored message that is the same mail as this one, if a mailing list passed one of the two on and added to it: the
 * same Message-ID and writer, the text of the other within the list's, and no file that the stored one lacks. Null if there
 * is none. Another mail with a Message-ID that was used before is no copy.
 */
export async function findListCopy(
  desk: DeskAddresses,
  { mail, ownId, writer }: Arriving,
): Promise<Twin | null> {
  if (mail.head.messageId === null) return null;
  const threadId = await findThreadOfId(desk, ownId);
  if (!threadId) return null;
  const twins = await EmailMessage.find(
    { threadId, direction: "inbound", rfcMessageId: `<${ownId}>` },
    TWIN_FIELDS,
  )
    .sort({ at: 1, _id: 1 })
    .limit(10)
    .lean<Twin[]>();
  const isSame = (stored: Twin) =>
    addressKey(stored.from) === addressKey(writer) && isLonger(stored, mail) && hasAllFiles(stored, mail);
  return twins.find(isSame) ?? null;
}

/** True if the list's one of the two has all lines of the other. */
function isLonger(stored: Twin, { head, text }: ParsedMail): boolean {
  const [before, now] = [linesOf(stored.text), linesOf(text)];
  if (before === "" || now === "") return false;
  return (
    (head.list !== null && hasLines(now, before)) || (stored.list !== undefined && hasLines(before, now))
  );
}

/** Beginning of a text by which it is looked for in the other: short, so that hostile texts cost no more than long ones. */
const SOUGHT_CHARACTERS = 64;

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
