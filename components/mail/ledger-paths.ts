import { LEDGER_PATH } from "@/components/client/desk-api";
import { LedgerQuery } from "@/lib/api/contracts";
import type { LedgerState } from "@/lib/api/vocabulary";

// The addresses of the mail ledger: of its page, which people share, and of the API, which keeps it up to date.

export type LedgerFilter = { state?: LedgerState };

export const RESULT_NAMES: Record<LedgerState, string> = {
  received: "Waiting",
  ticketed: "In a ticket",
  ignored: "Ignored",
  failed: "Failed",
};

/** The filter in the address of a page. Ignores values that do not exist: an old link still opens the ledger. */
export function readLedgerFilter(params: Record<string, string | string[] | undefined>): LedgerFilter {
  const state = LedgerQuery.shape.state.safeParse(params.state);
  return state.success && state.data ? { state: state.data } : {};
}

export function mailHref({ state }: LedgerFilter = {}): string {
  return state ? `/dashboard/mail?state=${state}` : "/dashboard/mail";
}

export function ledgerPath({ state }: LedgerFilter): string {
  return state ? `${LEDGER_PATH}?state=${state}` : LEDGER_PATH;
}

export function originalHref(ledgerId: string): string {
  return `/api/emails/inbound/${ledgerId}/raw`;
}
