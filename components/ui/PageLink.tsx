import Link from "next/link";
import type { ComponentProps } from "react";

/**
 * A link to a page of the desk. It asks for the page when it is pressed: Next would ask for every page that a link in view
 * leads to, twice each (its route, then its loading state), and most are never opened.
 */
export function PageLink(props: Omit<ComponentProps<typeof Link>, "prefetch">) {
  return <Link {...props} prefetch={false} />;
}
