"use client";
import { SWRConfig } from "swr";
import { OWN_CACHE } from "@/components/client/desk-swr";
import { ListHeader } from "@/components/tickets/ListHeader";
import type { LedgerResponse, LedgerSummaryResponse } from "@/lib/api/contracts";
import { LedgerFilterBar } from "./LedgerFilterBar";
import { LedgerFigures } from "./LedgerFigures";
import { LedgerList } from "./LedgerList";
import type { LedgerFilter } from "./ledger-paths";

type Props = {
  filter: LedgerFilter;
  /** The first page as the server read it while rendering. Without it the list loads it. */
  initial?: LedgerResponse;
  summary?: LedgerSummaryResponse;
  /** The server's time before that, ISO 8601. */
  readAt?: string;
};

/** Every mail that reached the desk, with its result. */
export function LedgerScreen({ filter, initial, summary, readAt }: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <ListHeader title="Mail" order="Latest first" />
      <LedgerFigures initial={summary} readAt={readAt} />
      <LedgerFilterBar filter={filter} />
      <LedgerList filter={filter} initial={initial} readAt={readAt} />
    </SWRConfig>
  );
}
