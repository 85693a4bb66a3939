"use client";
import { SignInLink } from "@/components/auth/SignInLink";
import { useConnection } from "@/components/client/Connection";
import { Banner } from "@/components/ui/Banner";

/** Shown above the page once the session has ended. Text that was not sent stays on the page. */
export function SignedOutBanner() {
  if (useConnection() !== "signed_out") return null;
  return (
    <Banner tone="unclaimed" icon="alert" role="alert" action={<SignInLink />}>
      You were signed out. Sign in to continue.
    </Banner>
  );
}
