import type { AttentionKind } from "@/lib/api/vocabulary";

/** The graver the later. */
const ORDER: AttentionKind[] = ["customer_mail", "delayed", "undone", "unconfirmed", "failed", "came_back"];
const OF_MAILS = "mails";

/** All in a ticket that nobody has seen, by the rules: one thing of the customer's mails and one of each reply. */
export class ExpectedAttention {
  private readonly open = new Map<string, AttentionKind>();
  /** Replies about which a mail server reported last. */
  private readonly reported = new Set<string>();

  /** The kind that people are shown. */
  get shown(): AttentionKind | null {
    return ORDER.findLast((kind) => [...this.open.values()].includes(kind)) ?? null;
  }

  customerWrote(): void {
    this.open.set(OF_MAILS, "customer_mail");
  }

  /** The last thing about a reply counts; a delay takes no report away that it came back. */
  raise(kind: AttentionKind, replyId: string, { isReported }: { isReported: boolean }): void {
    if (kind === "delayed" && this.open.get(replyId) === "came_back") return;
    this.open.set(replyId, kind);
    if (isReported) this.reported.add(replyId);
    else this.reported.delete(replyId);
  }

  /** The reply went out, which says nothing against a report about it. True if that takes something away. */
  wentOut(replyId: string): boolean {
    return !this.reported.has(replyId) && this.open.delete(replyId);
  }

  /** A member decided about the reply that came back. */
  settled(replyId: string): void {
    this.open.delete(replyId);
  }

  allSeen(): void {
    this.open.clear();
  }
}
