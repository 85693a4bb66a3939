"use client";
import { useCallback, useState } from "react";
import useSWR, { useSWRConfig } from "swr";
import {
  fetchLedger,
  fetchLedgerSummary,
  isLedgerKey,
  LEDGER_SUMMARY_PATH,
} from "@/components/client/desk-api";
import { isOfTickets, useReadEvery, useReadOnChange, type LiveChange } from "@/components/client/Live";
import { useFrozen } from "@/components/ui/use-frozen";
import { usePages } from "@/components/client/use-pages";
import type { LedgerEntry, LedgerResponse, LedgerSummaryResponse } from "@/lib/api/contracts";
import { ledgerPath, type LedgerFilter } from "./ledger-paths";

/** True if a mail came in or was filed, or if a ticket changed, since the ledger counts replies. */
const isOfTheLedger = (change: LiveChange) => change.mail || isOfTickets(change);

const LIST_MS = 2_000;
/** Slower than the list: two dozen counts, which nobody watches by the second. */
const SUMMARY_MS = 5_000;

/** The mails of the ledger, newest first, page by page and kept up to date. */
export function useLedgerPages(filter: LedgerFilter, initial: LedgerResponse | undefined) {
  return usePages(ledgerPath(filter), {
    initial,
    fetchPage: fetchLedger,
    itemsOf: ({ mails }) => mails,
    concerns: isOfTheLedger,
    refreshInterval: useReadEvery(LIST_MS),
  });
}

export function useLedgerSummary(initial: LedgerSummaryResponse | undefined) {
  const { data, mutate } = useSWR<LedgerSummaryResponse>(LEDGER_SUMMARY_PATH, fetchLedgerSummary, {
    refreshInterval: useReadEvery(SUMMARY_MS),
    fallbackData: initial,
  });
  useReadOnChange(isOfTheLedger, () => void mutate());
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
