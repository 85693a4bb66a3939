import "server-only";
import type { CardFacts, CardPayload } from "@/lib/discord/render";
import { sha256 } from "@/lib/hash";
import type { StoredThread } from "@/models/EmailThreadModel";

/** The facts that a thread's card shows. A thread stored before a field existed gets the field's default. */
export function toCardFacts(thread: StoredThread): CardFacts {
  return {
    threadId: thread._id.toHexString(),
    to: thread.to || (thread.inbox ?? ""),
    from: thread.from ?? "",
    subject: thread.subject ?? "",
    excerpt: thread.excerpt ?? "",
    claimedBy: thread.assignedTo
      ? thread.assignedToEmail || thread.assignedToName || thread.assignedTo
      : null,
    isResolved: thread.status === "resolved",
    attention: thread.attention ? { kind: thread.attention.kind, cause: thread.attention.cause } : null,
  };
}

/** Equal hashes mean equal messages. */
export function hashOfCard(card: CardPayload): string {
  return sha256(card);
}
