import "server-only";
import { recordTakesUtf8 } from "@/lib/conversation/desk";
import { log } from "@/lib/log";
import { outboundSettings } from "@/lib/mail/outbound-settings";
import { askForUtf8 } from "@/lib/mail/smtp-server-link";

/**
 * Remembers whether the mail server takes addresses beyond ASCII, as it just said, so that people learn it before they
 * write. Never throws: the next session tells it again.
 */
export async function learnFrom({ takesUtf8 }: { takesUtf8: boolean | null }): Promise<void> {
  if (takesUtf8 === null) return;
  try {
    await recordTakesUtf8(takesUtf8);
  } catch (error) {
    log.warn({ err: error }, "what the mail server offers could not be recorded");
  }
}

/** Asks the mail server that, at a start; nothing if none is set or it cannot be reached. */
export async function askMailServer(): Promise<void> {
  const settings = outboundSettings();
  if (settings) await learnFrom({ takesUtf8: await askForUtf8(settings.serverUrl) });
}
