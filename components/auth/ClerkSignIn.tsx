import { SignIn } from "@clerk/nextjs";

/** Clerk's own sign-in. What stands below shows until its script has come, and stays where it cannot. */
export function ClerkSignIn({ next }: { next: string }) {
  return (
    <div className="grid justify-items-center">
      <SignIn
        path="/sign-in"
        routing="path"
        fallbackRedirectUrl={next}
        fallback={
          <p role="status" className="text-center text-ink-2">
            Loading the sign-in. If nothing appears, this browser can’t reach Clerk: check the connection or a
            content blocker, then reload.
          </p>
        }
      />
    </div>
  );
}
