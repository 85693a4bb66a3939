import "server-only";
import { ATTENTION_KINDS } from "@/lib/api/vocabulary";
import type { StoredAttention, StoredThread } from "@/models/EmailThreadModel";

/** Most that one ticket keeps open at once; the shown one stays, and of the others the newest. */
const OPEN_MAX = 20;

export type AttentionFields = Required<Pick<StoredThread, "attention" | "openAttention">> & {
  /** Null: the field goes. */
  needsLookAt: Date | null;
};

/** The attention that a mail from outside wants. */
export function customerMail(messageId: string, at: Date): StoredAttention {
  return { kind: "customer_mail", at, messageId, replyId: null, cause: null };
}

type Waiting = Pick<StoredThread, "_id" | "waitingSince" | "status" | "lastInboundAt" | "receivedAt">;

/**
 * Since when the customer waits for us; null if they do not. A thread older than the field waits since its customer's last
 * mail, unless its status says that it is not our turn.
 */
export function waitingSinceOf({
  _id,
  waitingSince,
  status,
  lastInboundAt,
  receivedAt,
}: Waiting): Date | null {
  if (waitingSince !== undefined) return waitingSince;
  if (status === "waiting" || status === "resolved") return null;
  return lastInboundAt ?? receivedAt ?? _id.getTimestamp();
}

type Before = Pick<StoredThread, "attention" | "openAttention">;

/**
 * The thread's attention with something more to see. A customer's mail never takes the place of anything graver; of two
 * things about one reply the later one counts. Pure.
 */
export function withAttention(before: Before, next: StoredAttention): AttentionFields {
  const isReplaced = ({ kind, replyId }: StoredAttention) => {
    if (next.replyId === null) return kind === next.kind;
    // A delay for one recipient says nothing of another, from whom the reply came back.
    return replyId === next.replyId && !(kind === "came_back" && next.kind === "delayed");
  };
  return fieldsOf([...openIn(before).filter((one) => !isReplaced(one)), next]);
}

/**
 * The thread's attention without all that is about this reply; null if nothing is. Reports about it stay if it only went out
 * (`isDecided` false): the mail server that took it may have reported before the desk recorded it. Pure.
 */
export function withoutReply(
  before: Before,
  replyId: string,
  { isDecided }: { isDecided: boolean },
): AttentionFields | null {
  const open = openIn(before);
  const left = open.filter((one) => one.replyId !== replyId || (one.isReported && !isDecided));
  return left.length === open.length ? null : fieldsOf(left);
}

/** The thread's attention without a delay of this reply, since it arrived; null if there is none. Pure. */
export function withoutDelay(before: Before, replyId: string): AttentionFields | null {
  const open = openIn(before);
  const left = open.filter((one) => one.replyId !== replyId || one.kind !== "delayed");
  return left.length === open.length ? null : fieldsOf(left);
}

function openIn({ attention, openAttention = [] }: Before): StoredAttention[] {
  return openAttention.length === 0 && attention ? [attention] : openAttention;
}

function fieldsOf(open: StoredAttention[]): AttentionFields {
  const attention = gravestOf(open);
  const others = open.filter((one) => one !== attention).slice(1 - OPEN_MAX);
  return {
    attention,
    openAttention: open.filter((one) => one === attention || others.includes(one)),
    needsLookAt: attention && attention.kind !== "customer_mail" ? attention.at : null,
  };
}

/** The gravest kind, and of that the newest. */
function gravestOf(open: StoredAttention[]): StoredAttention | null {
  const rank = ({ kind }: StoredAttention) => ATTENTION_KINDS.indexOf(kind);
  return open.reduce<StoredAttention | null>(
    (gravest, one) => (gravest && rank(gravest) > rank(one) ? gravest : one),
    null,
  );
}
