import "server-only";

/** What identifies a webhook. The token is a secret: who has it can post. */
export type Webhook = { id: string; token: string };

const HOSTS = new Set(["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"]);
const PATH = /^\/api(?:\/v\d{1,2})?\/webhooks\/(\d{5,25})\/([A-Za-z0-9_-]{1,200})\/?$/;

/**
 * Reads a webhook address as Discord's own settings show it; null for anything else. Only the id and the token are
 * taken out of it: which host is called is never the pasted text's choice.
 */
export function parseWebhookUrl(pasted: string): Webhook | null {
  const text = pasted.trim();
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.port === "" && url.username === "" && url.password === "" && url.search === "";
  if (url.protocol !== "https:" || !HOSTS.has(url.hostname) || !isPlain || url.hash !== "") return null;

  const [, id, token] = PATH.exec(url.pathname) ?? [];
  return id && token ? { id, token } : null;
}
