"use client";
import { usePathname } from "next/navigation";

/** A link to the sign-in, which returns to this page. */
export function SignInLink() {
  const pathname = usePathname();
  return (
    <a
      href={`/sign-in?next=${encodeURIComponent(pathname)}`}
      className="font-semibold underline underline-offset-2"
    >
      Sign in
    </a>
  );
}
