"use client";
import { SignInLink } from "@/components/auth/SignInLink";
import { useConnection } from "@/components/client/Connection";
import { Button } from "@/components/ui/Button";
import { Banner } from "@/components/ui/Banner";

/** Shown above the page once its member's session has ended. Text that was not sent stays on the page. */
export function SignedOutBanner() {
  const connection = useConnection();
  if (connection === "other_member") {
    const reload = <Button onClick={() => window.location.reload()}>Reload</Button>;
    return (
      <Banner tone="unclaimed" icon="alert" role="alert" action={reload}>
        Somebody else has signed in here since. Reload the page to go on as them.
      </Banner>
    );
  }
  if (connection !== "signed_out") return null;
  return (
    <Banner tone="unclaimed" icon="alert" role="alert" action={<SignInLink />}>
      You were signed out. Sign in to continue.
    </Banner>
  );
}
