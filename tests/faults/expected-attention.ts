import type { AttentionKind } from "@/lib/api/vocabulary";

/** The graver the later. */
const ORDER: AttentionKind[] = [
  "customer_mail",
  "declined",
  "delayed",
  "undone",
  "unconfirmed",
  "failed",
  "came_back",
];
const OF_MAILS = "mails";
const OF_DECLINE = "decline";

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

  declined(): void {
    this.open.set(OF_DECLINE, "declined");
  }

  get isDeclined(): boolean {
    return this.open.has(OF_DECLINE);
  }

  /** Somebody holds the ticket, so nobody has to look any more for somebody who takes it. */
  isHeld(): void {
    this.open.delete(OF_DECLINE);
  }

  allSeen(): void {
    this.open.clear();
  }

  /** All that nobody has seen by now, to be put back. */
  copy(): ReadonlyMap<string, AttentionKind> {
    return new Map(this.open);
  }

  putBack(open: ReadonlyMap<string, AttentionKind>): void {
    this.open.clear();
    for (const [about, kind] of open) this.open.set(about, kind);
  }
}
