"use client";
import { useState } from "react";
import useSWR, { type SWRConfiguration } from "swr";
import { useConnectionReport } from "./Connection";
import { useReadOnChange, type LiveChange } from "./Live";

type Options<Page, Item> = {
  /** The first page as the server read it while rendering, if it did. */
  initial: Page | undefined;
  fetchPage: (path: string, cursor?: string) => Promise<Page>;
  itemsOf: (page: Page) => Item[];
  /** Which changes the list may show; it is read again after each. */
  concerns: (change: LiveChange) => boolean;
} & SWRConfiguration;

type Loaded<Item> = { path: string; items: Item[]; hasMore: boolean };

/** A list, kept up to date. After a failed read it keeps the rows it has, and the page says that they may be old. */
export function usePages<Page extends { nextCursor: string | null }, Item extends { _id: string }>(
  path: string,
  { initial, fetchPage, itemsOf, concerns, ...config }: Options<Page, Item>,
) {
  const [wanted, setWanted] = useState({ path, pages: 1 });
  const pages = wanted.path === path ? wanted.pages : 1;
  const rendered = initial && { path, items: itemsOf(initial), hasMore: initial.nextCursor !== null };

  /** Reads one page after the other, since each begins where the one before ended. */
  async function fetchPages([path, pages]: [string, number]): Promise<Loaded<Item>> {
    const items = new Map<string, Item>();
    let cursor: string | null = null;
    for (let page = 0; page < pages; page += 1) {
      const answer: Page = await fetchPage(path, cursor ?? undefined);
      for (const item of itemsOf(answer)) items.set(item._id, item);
      cursor = answer.nextCursor;
      if (cursor === null) break;
    }
    return { path, items: [...items.values()], hasMore: cursor !== null };
  }

  const { data, error, isLoading, mutate } = useSWR<Loaded<Item>>([path, pages], fetchPages, {
    ...config,
    fallbackData: pages === 1 ? rendered : undefined,
  });
  useConnectionReport(error);
  useReadOnChange(concerns, () => void mutate());

  // SWR keeps the rows of another filter until this one is read; they are not shown.
  const loaded = data?.path === path ? data : rendered;
  const load = () => setWanted({ path, pages: pages + 1 });
  return {
    loaded,
    more: loaded?.hasMore ? { isLoading: isLoading && pages > 1, load } : null,
    error: error as unknown,
    refresh: () => void mutate(),
  };
}
