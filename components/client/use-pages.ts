"use client";
import { useState } from "react";
import useSWR, { type SWRConfiguration } from "swr";
import { useConnectionReport } from "./Connection";
import { useReadOnChange } from "./Live";
import type { LiveEvents } from "@/lib/api/contracts";

export type Page<Item> = { items: Item[]; nextCursor: string | null };
type FetchPage<Item> = (path: string, cursor?: string) => Promise<Page<Item>>;
type Loaded<Item> = { path: string; items: Item[]; hasMore: boolean };

/** The first `pages` pages of a list, read one after the other: each begins where the one before ended. */
async function fetchPages<Item extends { _id: string }>(
  fetchPage: FetchPage<Item>,
  path: string,
  pages: number,
): Promise<Loaded<Item>> {
  const items = new Map<string, Item>();
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const answer: Page<Item> = await fetchPage(path, cursor ?? undefined);
    for (const item of answer.items) items.set(item._id, item);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return { path, items: [...items.values()], hasMore: cursor !== null };
}

type Options = {
  /** Which changes the list may show; it is read again after each. */
  concerns: (change: LiveEvents["changed"]) => boolean;
} & SWRConfiguration;

/**
 * A list, kept fresh. `initial` is what the server read for `path` while rendering, if it did. When a read fails,
 * what was read before stays, and the page says that it may be old.
 */
export function usePages<Item extends { _id: string }>(
  path: string,
  initial: Page<Item> | undefined,
  fetchPage: FetchPage<Item>,
  { concerns, ...config }: Options,
) {
  const [wanted, setWanted] = useState({ path, pages: 1 });
  const pages = wanted.path === path ? wanted.pages : 1;
  const rendered = initial && { path, items: initial.items, hasMore: initial.nextCursor !== null };
  const { data, error, isLoading, mutate } = useSWR<Loaded<Item>>(
    [path, pages],
    ([path, pages]: [string, number]) => fetchPages(fetchPage, path, pages),
    { ...config, fallbackData: pages === 1 ? rendered : undefined },
  );
  useConnectionReport(error);
  useReadOnChange(concerns, () => void mutate());

  return {
    // What was kept from another filter is not an answer to this one.
    loaded: data?.path === path ? data : rendered,
    error: error as unknown,
    isLoadingMore: isLoading && pages > 1,
    loadMore: () => setWanted({ path, pages: pages + 1 }),
    refresh: () => void mutate(),
  };
}
