import "server-only";
import { env } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { parseWebhookUrl, type Webhook } from "@/lib/webhook-url";

export type CardsConfig = {
  webhook: Webhook;
  apiUrl: string | null;
  appUrl: string | null;
  /**
   * When the process read this configuration, by the database's clock, which shows `now`. Of two processes that differ,
   * the later one counts.
   */
  readAt: (now: Date) => Date;
  timeoutMs?: number;
};

const started = processSingleton("cards.started", () => ({
  monotonicMs: performance.now(),
  at: null as Date | null,
}));

function readAt(now: Date): Date {
  started.at ??= new Date(now.getTime() - (performance.now() - started.monotonicMs));
  return started.at;
}

/** The webhook that this process sends cards to; null if none is set. */
export function cardsConfig(): CardsConfig | null {
  const { DISCORD_WEBHOOK_URL, DISCORD_API_URL, APP_URL } = env();
  const webhook = DISCORD_WEBHOOK_URL === undefined ? null : parseWebhookUrl(DISCORD_WEBHOOK_URL);
  return webhook && { webhook, apiUrl: DISCORD_API_URL ?? null, appUrl: APP_URL ?? null, readAt };
}
