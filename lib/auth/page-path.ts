import "server-only";
import { PAGES } from "./access";

/** The sign-in has steps of its own below its address. */
const PATTERNS = Object.keys(PAGES).map((page) => {
  const steps = page === "/sign-in" ? "(/[^/]+)*" : "";
  return new RegExp(`^${page.replace(/\[\w+\]/g, "[^/]+")}${steps}$`);
});

/** True if `pathname` is the address of a page of the desk. */
export function isPagePath(pathname: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(pathname));
}
