import "server-only";

/** Where a member lands who did not say where to. */
export const HOME = "/dashboard/tickets/unassigned";

/** Header in which proxy.ts tells pages their own address, for the way back after signing in. */
export const PAGE_PATH_HEADER = "x-desk-path";

/**
 * `next` where it is a path of this site that a page can be shown at, else the start page. Protects the way through
 * sign-in from being used to send people elsewhere.
 */
export function safeLocalPath(next: string | null | undefined): string {
  if (!next || next.length > 2_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes("\\"))
    return HOME;
  const base = "http://desk.invalid";
  if (!URL.canParse(next, base)) return HOME;
  const url = new URL(next, base);
  const isElsewhere = url.origin !== base || url.pathname.startsWith("//");
  const isNoPage = /^\/(api|sign-in|_next)(\/|$)/.test(url.pathname);
  return isElsewhere || isNoPage ? HOME : url.pathname + url.search + url.hash;
}
