import "server-only";
import { env } from "@/lib/env";
import type { Sender } from "./compose";

export type OutboundSettings = { serverUrl: string; sender: Sender };

/** Shown beside a reply that waits because no mail server is configured. */
export const OUTBOUND_OFF_DETAIL =
  "No mail server is configured (SMTP_URL and SUPPORT_ADDRESS). The reply is kept and goes out once there is one.";

/** How mail goes out, or null if SMTP_URL or SUPPORT_ADDRESS is missing: replies are then kept, not refused. */
export function outboundSettings(): OutboundSettings | null {
  const { SMTP_URL, SUPPORT_ADDRESS, SUPPORT_NAME } = env();
  if (!SMTP_URL || !SUPPORT_ADDRESS) return null;
  return { serverUrl: SMTP_URL, sender: { address: SUPPORT_ADDRESS, name: SUPPORT_NAME ?? null } };
}
