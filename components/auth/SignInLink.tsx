"use client";
import { usePathname } from "next/navigation";

/** Leads to the sign-in and back to this page. */
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
