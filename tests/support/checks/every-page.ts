type Page<Item> = { items: Item[]; nextCursor: string | null };

/** All items of a list, read page by page. */
export async function everyPage<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read(cursor);
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    if (cursor === page.nextCursor) throw new Error(`the page after ${cursor} leads to itself`);
    cursor = page.nextCursor;
  }
}
