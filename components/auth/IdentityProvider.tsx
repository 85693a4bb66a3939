import { ClerkProvider } from "@clerk/nextjs";
import type { ReactNode } from "react";

/** What a page needs to know of how people sign in. The key is Clerk's public one, read at run time. */
export type IdentitySurface = { mode: "demo" } | { mode: "clerk"; publishableKey: string; nonce: string };

/** Keeps Clerk's session alive below it; in the demo there is nothing to keep. */
export function IdentityProvider({ surface, children }: { surface: IdentitySurface; children: ReactNode }) {
  if (surface.mode === "demo") return children;
  return (
    <ClerkProvider
      publishableKey={surface.publishableKey}
      nonce={surface.nonce}
      signInUrl="/sign-in"
      afterSignOutUrl="/sign-in"
      telemetry={false}
    >
      {children}
    </ClerkProvider>
  );
}
