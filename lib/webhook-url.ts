import "server-only";

/** A Discord webhook. Its token is a secret: anybody with it can post. */
export type Webhook = { id: string; token: string };

const HOSTS = new Set(["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"]);
const PATH = /^\/api(?:\/v\d{1,2})?\/webhooks\/(\d{5,25})\/([A-Za-z0-9_-]{1,200})\/?$/;

/**
 * Parses a webhook address as Discord's settings show it; null for anything else. Returns only id and token, so that the
 * pasted text cannot choose the host that is called.
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
