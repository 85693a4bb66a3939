import "server-only";

/** The start page, after a sign-in that names no other. */
export const HOME = "/dashboard/tickets/unassigned";

/** Header in which proxy.ts gives a page its own address, to return to after signing in. */
export const PAGE_PATH_HEADER = "x-desk-path";

/**
 * `next` if it is the path of a page of this site, else the start page. So nobody can use the sign-in to send people to
 * another site.
 */
export function safeLocalPath(next: string | null | undefined): string {
  if (!next || next.length > 2_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes("\\"))
    return HOME;
  const base = "http://desk.invalid";
  if (!URL.canParse(next, base)) return HOME;
  const url = new URL(next, base);
  const isOtherSite = url.origin !== base || url.pathname.startsWith("//");
  const isNoPage = /^\/(api|sign-in|_next)(\/|$)/.test(url.pathname);
  return isOtherSite || isNoPage ? HOME : url.pathname + url.search + url.hash;
}
