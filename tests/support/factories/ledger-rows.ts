import { createHash, randomUUID } from "node:crypto";
import { ContentId } from "@/lib/api/contracts";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";

/** A row of the ledger; by default of a mail that failed for good. */
export function ledgerRow(
  overrides: Partial<StoredInboundEmail> = {},
): StoredInboundEmail & { _id: ContentId } {
  return {
    inbox: "support@desk.example",
    state: "failed",
    raw: Buffer.from("From: customer@example.com\r\nSubject: Hello\r\n\r\nHello"),
    rawFileId: null,
    sizeBytes: 52,
    envelopeFrom: "customer@example.com",
    envelopeTo: ["support@desk.example"],
    source: "smtp",
    receivedAt: new Date(),
    copies: 1,
    arrivalId: null,
    reason: null,
    error: "Making a ticket of this mail failed (Error).",
    attempts: 5,
    dueAt: null,
    leaseId: null,
    threadId: null,
    messageId: null,
    ...overrides,
    _id: ContentId.parse(overrides._id ?? createHash("sha256").update(randomUUID()).digest("hex")),
  };
}

export async function createLedgerRow(overrides: Partial<StoredInboundEmail> = {}): Promise<ContentId> {
  const row = ledgerRow(overrides);
  await InboundEmail.create(row);
  return row._id;
}
