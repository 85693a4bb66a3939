"use client";
import { usePathname } from "next/navigation";
import { Banner } from "@/components/ui/Banner";
import { useConnection } from "@/components/client/Connection";

/** Stands over the page once the session has ended; what was written stays on the page below. */
export function SignedOutBanner() {
  const connection = useConnection();
  const pathname = usePathname();
  if (connection !== "signed_out") return null;
  return (
    <Banner
      tone="unclaimed"
      icon="alert"
      role="alert"
      action={
        <a
          href={`/sign-in?next=${encodeURIComponent(pathname)}`}
          className="font-semibold underline underline-offset-2"
        >
          Sign in
        </a>
      }
    >
      You were signed out. Sign in to go on.
    </Banner>
  );
}
