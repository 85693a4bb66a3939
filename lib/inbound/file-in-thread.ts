import "server-only";
import { addressedBy } from "@/lib/conversation/joining";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { InboundEmail } from "@/models/InboundEmailModel";
import { fileMail } from "./file-mail";
import { threadIdOf, type Filing, type FilingOutcome } from "./filing";
import { findListCopy } from "./list-copy";
import { mergeCopy } from "./merge-copy";
import { matchThread } from "./thread-match";

/** How often other mails of the same new thread may be faster before this one waits for its next attempt. */
const COLLISIONS_MAX = 20;

/**
 * Looks up the thread and files the mail, again and again while other mails of the same thread are faster. A list's copy
 * of a mail that is there is not filed again.
 */
export async function fileInThread(
  parts: Omit<Filing, "match">,
): Promise<FilingOutcome | { copyOf: string }> {
  const { row, desk, mail, ownId } = parts;
  const { arrival } = parts.sending;
  const reportedIn = parts.reported?.reply.threadId ?? null;
  const writer = arrival.writer.person.address;
  // A mail that nothing speaks for makes no Message-ID count for others.
  const addressed = arrival.isDoubtful ? [] : addressedBy(arrival, desk).map(({ address }) => address);
  for (let round = 0; round < COLLISIONS_MAX; round += 1) {
    const twin = await findListCopy(desk, { mail, ownId, writer });
    if (twin) {
      await settleOutcome(() => mergeCopy(parts, twin));
      return { copyOf: twin._id };
    }
    const filing = {
      ...parts,
      match: await matchThread(desk, { mail, ownId, writer, addressed, reportedIn }),
    };
    const fixed = await InboundEmail.updateOne(
      { _id: row._id, state: "received", leaseId: row.leaseId },
      { $set: { threadId: threadIdOf(filing) } },
    );
    if (fixed.matchedCount === 0) return "lease_lost";
    const outcome = await settleOutcome(() => fileMail(filing));
    if (outcome !== "alias_taken" && outcome !== "thread_closed") return outcome;
  }
  throw new Error("Other mails of the same thread were faster every time.");
}
