"use client";
import { ClerkProvider } from "@clerk/nextjs";
import { useState, type ReactNode } from "react";

/** What a page needs to know of how people sign in. The key is Clerk's public one, read at run time. */
type IdentitySurface = { mode: "demo" } | { mode: "clerk"; publishableKey: string; nonce: string };

/** Keeps Clerk's session alive below it; in the demo there is nothing to keep. */
export function IdentityProvider({ surface, children }: { surface: IdentitySurface; children: ReactNode }) {
  if (surface.mode === "demo") return children;
  return <ClerkIdentity {...surface}>{children}</ClerkIdentity>;
}

type ClerkProps = { publishableKey: string; nonce: string; children: ReactNode };

function ClerkIdentity({ publishableKey, nonce, children }: ClerkProps) {
  // A page that was not loaded but gone to has a nonce of its own, and the policy of the page that was loaded.
  const [nonceInForce] = useState(() => nonceOfDocument() ?? nonce);
  return (
    <ClerkProvider
      publishableKey={publishableKey}
      nonce={nonceInForce}
      signInUrl="/sign-in"
      afterSignOutUrl="/sign-in"
      telemetry={false}
    >
      {children}
    </ClerkProvider>
  );
}

/** The nonce that the browser's policy names; markup hides it, and scripts that were let in may read it. */
function nonceOfDocument(): string | undefined {
  if (typeof document === "undefined") return undefined;
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
}
