import "server-only";

/** The host of Clerk's scripts and browser API, which a publishable key holds in base64. */
export function clerkHost(publishableKey: string): string {
  const encoded = publishableKey.split("_")[2] ?? "";
  return Buffer.from(encoded, "base64").toString("latin1").replace(/\$$/, "");
}
