"use client";
import { useCallback, useState } from "react";
import { useSWRConfig } from "swr";
import {
  fetchLedger,
  fetchLedgerSummary,
  isLedgerKey,
  LEDGER_SUMMARY_PATH,
} from "@/components/client/desk-api";
import { useReadEvery } from "@/components/client/Live";
import { useLiveRead } from "@/components/client/use-live-read";
import { useFrozen } from "@/components/ui/use-frozen";
import { usePages } from "@/components/client/use-pages";
import type { LedgerEntry, LedgerResponse, LedgerSummaryResponse } from "@/lib/api/contracts";
import { ledgerPath, type LedgerFilter } from "./ledger-paths";

const LIST_MS = 2_000;
/** Slower than the list: two dozen counts, which nobody watches by the second. */
const SUMMARY_MS = 5_000;

/** The mails of the ledger, newest first, page by page and kept up to date. */
export function useLedgerPages(filter: LedgerFilter, initial?: LedgerResponse, readAt?: string) {
  return usePages(ledgerPath(filter), {
    initial,
    readAt,
    fetchPage: fetchLedger,
    itemsOf: ({ mails }) => mails,
    apply: (loaded, { mail }) => (mail ? null : loaded),
    refreshInterval: useReadEvery(LIST_MS),
  });
}

export function useLedgerSummary(initial?: LedgerSummaryResponse, readAt?: string) {
  const { data } = useLiveRead<LedgerSummaryResponse>(LEDGER_SUMMARY_PATH, {
    read: fetchLedgerSummary,
    initial,
    readAt,
    apply: (summary, event) => (event.name === "rows" && event.data.mail ? null : summary),
    refreshInterval: useReadEvery(SUMMARY_MS),
  });
  return data;
}

/** Reads the ledger and its figures again, at once. */
export function useRefreshLedger(): () => Promise<unknown> {
  const { mutate } = useSWRConfig();
  return useCallback(() => mutate(isLedgerKey), [mutate]);
}

/** The mails to show. While somebody scrolls or aims, new ones wait above the first row. */
export function useFrozenMails(path: string, mails: LedgerEntry[]) {
  const { isFrozen, scrollHandlers, pointerHandlers } = useFrozen();
  const newest = mails[0]?._id;
  const [first, setFirst] = useState({ path, id: newest });
  const mayWait = isFrozen && first.path === path && first.id !== undefined;
  const show = () => setFirst({ path, id: newest });
  if (!mayWait && (first.path !== path || first.id !== newest)) show();

  const place = mails.findIndex(({ _id }) => _id === first.id);
  const waiting = mayWait ? Math.max(place, 0) : 0;
  return { shown: mails.slice(waiting), waiting, onShowWaiting: show, scrollHandlers, pointerHandlers };
}
