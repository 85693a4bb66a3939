import { SignIn } from "@clerk/nextjs";

/** Clerk's sign-in. The fallback shows until Clerk's script has loaded, and stays if it cannot load. */
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
