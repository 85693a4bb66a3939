import "server-only";

/** The host that Clerk's scripts and its browser API come from: a publishable key is that host in base64. */
export function clerkHost(publishableKey: string): string {
  const encoded = publishableKey.split("_")[2] ?? "";
  return Buffer.from(encoded, "base64").toString("latin1").replace(/\$$/, "");
}
