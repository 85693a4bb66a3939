"use client";
import { ClerkProvider } from "@clerk/nextjs";
import { useState, type ReactNode } from "react";

/** How people sign in here. `publishableKey` is Clerk's public key, read at run time. */
type SignInSettings = { mode: "demo" } | { mode: "clerk"; publishableKey: string; nonce: string };

/** Provides Clerk's session to its children; does nothing in the demo. */
export function IdentityProvider({ settings, children }: { settings: SignInSettings; children: ReactNode }) {
  if (settings.mode === "demo") return children;
  return <ClerkIdentity {...settings}>{children}</ClerkIdentity>;
}

type ClerkProps = { publishableKey: string; nonce: string; children: ReactNode };

function ClerkIdentity({ publishableKey, nonce, children }: ClerkProps) {
  // A page reached by a link in the app brings a new nonce, but the policy of the first page stays in force.
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

/** The nonce of the policy in force. Browsers hide it in the markup, but scripts can read the property. */
function nonceOfDocument(): string | undefined {
  if (typeof document === "undefined") return undefined;
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
}
