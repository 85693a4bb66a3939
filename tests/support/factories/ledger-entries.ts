import type { LedgerEntry, LedgerFigures } from "@/lib/api/contracts";

let made = 0;

/** A mail as the API lists it. */
export function ledgerEntry(overrides: Partial<LedgerEntry> = {}): LedgerEntry {
  made += 1;
  return {
    _id: made.toString(16).padStart(64, "0"),
    receivedAt: new Date(Date.now() - made * 60_000).toISOString(),
    from: `customer${made}@example.com`,
    fromName: `Customer ${made}`,
    to: ["support@desk.example"],
    subject: `Question ${made}`,
    sizeBytes: 2_400,
    source: "smtp",
    copies: 1,
    state: "ticketed",
    outcome: "opened",
    ticket: { _id: "507f1f77bcf86cd799439011", reference: "#439011" },
    ignoredFor: null,
    error: null,
    canRetry: false,
    isKept: true,
    ...overrides,
  };
}

/** A mail that failed and may be retried. */
export function failedEntry(overrides: Partial<LedgerEntry> = {}): LedgerEntry {
  return ledgerEntry({
    fromName: "Lena Hoffmann",
    subject: null,
    state: "failed",
    outcome: null,
    ticket: null,
    error: "Making a ticket of this mail failed (Error).",
    canRetry: true,
    ...overrides,
  });
}

export const NO_FIGURES: LedgerFigures = {
  received: 0,
  tickets: 0,
  replies: 0,
  known: 0,
  ignored: { empty: 0, echo: 0 },
  failed: 0,
  waiting: 0,
};
