import "server-only";
import type { ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { TeamMember } from "@/lib/api/vocabulary";
import { fail, type Result } from "@/lib/result";
import type { StoredThread } from "@/models/EmailThreadModel";
import { lastLook, messagesAfter } from "./reply-identity";
import { findStoredThread } from "./transition";

/** The newest message that the caller has seen; null: there was none. Undefined: the caller does not say. */
export type Seen = string | null | undefined;

/**
 * The part of a write's filter by which the newest message is still the one that `member` has seen: the given one, or the
 * newest at the member's own last look.
 */
export async function seenGuard(
  threadId: ThreadId,
  given: Seen,
  member: TeamMember,
): Promise<{ lastMessageId?: string | null }> {
  if (given !== undefined) return { lastMessageId: given };
  const thread = await findStoredThread(threadId);
  return thread ? { lastMessageId: await lastLook(thread, member) } : {};
}

/** The refusal that shows the messages which `member` has not seen; null if there are none. */
export async function unseenBy(
  member: TeamMember,
  thread: StoredThread,
  given: Seen,
): Promise<Result<never, FailureOf<"newer_messages">> | null> {
  const seen = given !== undefined ? given : await lastLook(thread, member);
  const lastMessageId = thread.lastMessageId ?? null;
  if (seen === lastMessageId) return null;
  return fail({ reason: "newer_messages", messages: await messagesAfter(seen, thread), lastMessageId });
}
