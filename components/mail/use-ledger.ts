"use client";
import { useCallback, useState } from "react";
import useSWR, { useSWRConfig } from "swr";
import {
  fetchLedger,
  fetchLedgerSummary,
  isLedgerKey,
  LEDGER_SUMMARY_PATH,
} from "@/components/client/desk-api";
import { isOfTickets, useReadEvery, useReadOnChange } from "@/components/client/Live";
import { useFrozen } from "@/components/ui/use-frozen";
import { usePages, type Page } from "@/components/client/use-pages";
import type { LedgerEntry, LedgerResponse, LedgerSummaryResponse, LiveEvents } from "@/lib/api/contracts";
import { ledgerPath, type LedgerFilter } from "./ledger-paths";

/** A mail came in or was filed, or a ticket, whose replies the ledger counts, changed. */
const isOfTheLedger = (change: LiveEvents["changed"]) => change.mail || isOfTickets(change);

const LIST_MS = 2_000;
/** Two dozen counts, which nobody watches by the second. */
const SUMMARY_MS = 5_000;

function toPage({ mails, nextCursor }: LedgerResponse): Page<LedgerEntry> {
  return { items: mails, nextCursor };
}

async function fetchPage(path: string, cursor?: string): Promise<Page<LedgerEntry>> {
  return toPage(await fetchLedger(path, cursor));
}

/** The ledger's mails, newest first, page by page and kept fresh. */
export function useLedgerPages(filter: LedgerFilter, initial: LedgerResponse | undefined) {
  const refreshInterval = useReadEvery(LIST_MS);
  return usePages(ledgerPath(filter), initial && toPage(initial), fetchPage, {
    concerns: isOfTheLedger,
    refreshInterval,
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

/** The mails to show: while somebody reads or aims, those that are new wait above the list's first row. */
export function useStillMails(path: string, mails: LedgerEntry[]) {
  const { isFrozen, scrollHandlers, pointerHandlers } = useFrozen();
  const [first, setFirst] = useState({ path, id: mails[0]?._id });
  const newest = mails[0]?._id;
  const isBehind = first.path !== path || first.id !== newest;
  const show = () => setFirst({ path, id: newest });
  if (isBehind && (!isFrozen || first.path !== path)) show();

  const place = mails.findIndex(({ _id }) => _id === first.id);
  const waiting = isFrozen && first.path === path ? Math.max(place, 0) : 0;
  return { shown: mails.slice(waiting), waiting, showWaiting: show, scrollHandlers, pointerHandlers };
}
