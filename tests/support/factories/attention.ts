import type { StoredAttention, StoredThread } from "@/models/EmailThreadModel";

/** The stored fields of a thread that needs a look since `at`, because its reply came back unless `more` says otherwise. */
export function needingLook(
  at: Date,
  more: Partial<StoredAttention> = {},
): Pick<StoredThread, "attention" | "openAttention" | "needsLookAt"> {
  const attention: StoredAttention = {
    kind: "came_back",
    at,
    messageId: "a".repeat(64),
    replyId: "b".repeat(64),
    cause: "no_mailbox",
    ...more,
  };
  return { attention, openAttention: [attention], needsLookAt: at };
}

/** The stored fields of a thread in which the customer wrote: it needs no other look. */
export function customerMail(at: Date): Pick<StoredThread, "attention" | "openAttention"> {
  const attention: StoredAttention = {
    kind: "customer_mail",
    at,
    messageId: "c".repeat(64),
    replyId: null,
    cause: null,
  };
  return { attention, openAttention: [attention] };
}
