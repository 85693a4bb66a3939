/** The choices of an open menu, in order. */
export function itemsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
}

/** Moves the focus for an arrow, Home, End or the first letter of a choice. Returns false for other keys. */
export function moveFocus(list: HTMLElement | null, key: string): boolean {
  const items = itemsOf(list);
  const at = items.findIndex((item) => item === document.activeElement);
  const target = {
    ArrowDown: items[(at + 1) % items.length],
    ArrowUp: items.at(Math.max(at, 0) - 1),
    Home: items[0],
    End: items.at(-1),
  }[key];
  const byLetter =
    key.length === 1 && key !== " "
      ? [...items.slice(at + 1), ...items].find((item) =>
          item.textContent?.toLowerCase().startsWith(key.toLowerCase()),
        )
      : undefined;
  const found = target ?? byLetter;
  found?.focus();
  return found !== undefined;
}
