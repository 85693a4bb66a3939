/** The classes of a menu item; not in Menu.tsx, so that a server component can use them too. */
export const MENU_ITEM =
  "flex min-h-8 w-full items-center gap-2.5 rounded-control px-2.5 text-left text-ink hover:bg-chosen focus-visible:bg-chosen focus-visible:outline-offset-[-2px] max-md:min-h-(--touch)";
