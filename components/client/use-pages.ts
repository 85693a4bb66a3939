"use client";
import { useEffect, useEffectEvent, useState } from "react";
import type { SWRConfiguration } from "swr";
import type { LiveEvents } from "@/lib/api/contracts";
import { useLiveRead } from "./use-live-read";

type Options<Page, Item> = {
  /** The first page as the server read it while rendering, if it did, and the server's time before that. */
  initial: Page | undefined;
  readAt: string | undefined;
  fetchPage: (path: string, cursor?: string) => Promise<Page>;
  itemsOf: (page: Page) => Item[];
  /** The rows after changes: the same list if they change nothing of it, null if it has to be read again. */
  apply: (loaded: Loaded<Item>, changes: LiveEvents["rows"]) => Loaded<Item> | null;
  /** With fewer rows than this the next page is read, if there is one. */
  rowsMin?: number;
} & SWRConfiguration;

/** `end`: the place at which the next page begins; null if all rows are loaded. */
export type Loaded<Item> = {
  path: string;
  items: Item[];
  end: { cursor: string; last: Item | undefined } | null;
};

/** A list, kept up to date. After a failed read it keeps the rows it has, and the page says that they may be old. */
export function usePages<Page extends { nextCursor: string | null }, Item extends { _id: string }>(
  path: string,
  { initial, readAt, fetchPage, itemsOf, apply, rowsMin = 0, ...config }: Options<Page, Item>,
) {
  const [isExtending, setIsExtending] = useState(false);
  const rendered = initial && joined({ path, items: [], end: null }, initial);

  function joined(before: Loaded<Item>, page: Page): Loaded<Item> {
    const items = new Map(before.items.map((item) => [item._id, item]));
    for (const item of itemsOf(page)) {
      items.delete(item._id); // one that has moved meanwhile stands where it was read last
      items.set(item._id, item);
    }
    const { nextCursor: cursor } = page;
    return {
      path,
      items: [...items.values()],
      end: cursor === null ? null : { cursor, last: itemsOf(page).at(-1) },
    };
  }

  /** As many pages as are shown, one after the other, since each begins where the one before ended. */
  async function readPages(shown: Loaded<Item> | undefined): Promise<Loaded<Item>> {
    const rows = shown?.path === path ? shown.items.length : 0;
    let loaded = joined({ path, items: [], end: null }, await fetchPage(path));
    while (loaded.end && loaded.items.length < rows)
      loaded = joined(loaded, await fetchPage(path, loaded.end.cursor));
    return loaded;
  }

  const { data, error, refresh, extend, completeUntil } = useLiveRead<Loaded<Item>>(path, {
    ...config,
    read: readPages,
    initial: rendered,
    readAt,
    apply: (loaded, event) => (event.name === "rows" ? apply(loaded, event.data) : loaded),
  });

  // SWR keeps the rows of another filter until this one is read; they are not shown.
  const loaded = data?.path === path ? data : rendered;
  const end = loaded?.end;

  async function append(): Promise<void> {
    if (!end) return;
    await extend(
      () => fetchPage(path, end.cursor),
      (current, page) => (current.end?.cursor === end.cursor ? joined(current, page) : current),
    ).catch(() => refresh()); // which reports a failure, and retries
  }

  async function load(): Promise<void> {
    setIsExtending(true);
    await append();
    setIsExtending(false);
  }

  const fill = useEffectEvent(() => void append());
  const isShort = (loaded?.items.length ?? 0) < rowsMin;
  const cursor = end?.cursor;
  useEffect(() => {
    if (isShort && cursor !== undefined) fill();
  }, [isShort, cursor]);

  return {
    loaded: loaded && { ...loaded, hasMore: Boolean(end) },
    more: end ? { isLoading: isExtending, load: () => void load() } : null,
    error,
    refresh: () => void refresh(),
    completeUntil,
  };
}
