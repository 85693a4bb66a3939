import "server-only";
import { randomBytes } from "node:crypto";
import { env } from "@/lib/env";

/** Header in which proxy.ts gives a page the nonce of its policy. */
export const NONCE_HEADER = "x-nonce";

export function newNonce(): string {
  return randomBytes(16).toString("base64");
}

/**
 * The content policy of a page: it may load our own files, and scripts and styles with `nonce`. With Clerk also Clerk's
 * script, API, pictures and captcha. Development also needs eval, the styles that its tools insert, and a web socket.
 */
export function pagePolicy(nonce: string, { isDevelopment = false } = {}): string {
  const { AUTH_MODE, APP_URL, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: key = "" } = env();
  const clerk = AUTH_MODE === "clerk" ? `https://${clerkHost(key)}` : null;
  const forClerk = (...sources: string[]) => (clerk ? sources : []);
  const forTools = (...sources: string[]) => (isDevelopment ? sources : []);
  const directives: Record<string, string[]> = {
    "default-src": ["'self'"],
    "script-src": [
      ...["'self'", `'nonce-${nonce}'`, "'strict-dynamic'"],
      ...forTools("'unsafe-eval'"),
      ...forClerk(`${clerk}`, CLERK_CAPTCHA),
    ],
    // Beside a nonce, browsers ignore 'unsafe-inline'.
    "style-src": isDevelopment ? ["'self'", "'unsafe-inline'"] : ["'self'", `'nonce-${nonce}'`],
    "img-src": ["'self'", "data:", "blob:", ...forClerk("https://img.clerk.com")],
    "font-src": ["'self'"],
    "connect-src": ["'self'", ...forTools("ws:"), ...forClerk(`${clerk}`)],
    "worker-src": ["'self'", ...forClerk("blob:")],
    "frame-src": ["'self'", ...forClerk(CLERK_CAPTCHA)],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "manifest-src": ["'self'"],
  };
  const policy = Object.entries(directives).map(([name, sources]) => `${name} ${sources.join(" ")}`);
  if (APP_URL?.startsWith("https:")) policy.push("upgrade-insecure-requests");
  return policy.join("; ");
}

const CLERK_CAPTCHA = "https://challenges.cloudflare.com";

/** The host of Clerk's scripts and browser API, which a publishable key holds in base64. */
function clerkHost(publishableKey: string): string {
  const encoded = publishableKey.split("_")[2] ?? "";
  return Buffer.from(encoded, "base64").toString("latin1").replace(/\$$/, "");
}
