import "server-only";
import { ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { TeamMember } from "@/lib/api/vocabulary";
import { fail, type Result } from "@/lib/result";
import type { StoredThread } from "@/models/EmailThreadModel";
import { messagesAfter, readLastLook } from "./reply-identity";

/** The newest message that the caller has seen; null: there was none. Undefined: the caller does not say. */
export type Seen = string | null | undefined;

/** The newest message that `member` has seen: the given one, or the newest at the member's own last look. */
export async function newestSeen(
  threadId: ThreadId,
  given: Seen,
  member: TeamMember,
): Promise<string | null> {
  return given === undefined ? readLastLook(threadId, member) : given;
}

/** The refusal that shows the messages which `member` has not seen; null if there are none. */
export async function unseenBy(
  member: TeamMember,
  thread: Pick<StoredThread, "_id" | "from" | "lastMessageId">,
  given: Seen,
): Promise<Result<never, FailureOf<"newer_messages">> | null> {
  const seen = await newestSeen(ThreadId.parse(thread._id.toHexString()), given, member);
  const lastMessageId = thread.lastMessageId ?? null;
  if (seen === lastMessageId) return null;
  return fail({ reason: "newer_messages", messages: await messagesAfter(seen, thread), lastMessageId });
}
