import "server-only";
import { z } from "zod";
import type { CardPayload } from "./render";
import { failureOf, parseJson, type Failure } from "./failure";
import type { Webhook } from "@/lib/webhook-url";

const DISCORD_URL = "https://discord.com";
/** Longest time for one request and its answer, in milliseconds. Shorter than any lease it runs under. */
const REQUEST_TIMEOUT_MS = 15_000;

const Snowflake = z.string().regex(/^\d+$/);
const Message = z.object({ id: Snowflake, channel_id: Snowflake, content: z.string() });
const WebhookInfo = z.object({
  id: Snowflake,
  channel_id: Snowflake.nullable(),
  application_id: Snowflake.nullable(),
});

export type DiscordMessage = { id: string; channelId: string; content: string };

/** Outcome of a request. `waitMs`: how long to wait before the next one; 0 unless the webhook's rate limit is used up. */
export type Outcome<Value> = { kind: "ok"; value: Value; waitMs: number } | Failure;

export type DiscordClient = {
  post(card: CardPayload): Promise<Outcome<DiscordMessage>>;
  edit(messageId: string, card: CardPayload): Promise<Outcome<DiscordMessage>>;
  /** The message as Discord has it now. */
  read(messageId: string): Promise<Outcome<DiscordMessage>>;
  /** Asks whether Discord knows the webhook. */
  check(): Promise<Outcome<{ applicationId: string | null }>>;
};

type Options = {
  webhook: Webhook;
  /** Origin of the API; null for Discord itself. */
  apiUrl: string | null;
  /** Sent to Discord as the address of this installation. */
  contactUrl: string | null;
  timeoutMs?: number;
};

/**
 * A client for one webhook. Each call makes exactly one request, without retries, and never throws for a failure of the
 * network or of Discord; no outcome holds the token. https://discord.com/developers/docs/resources/webhook
 */
export function createDiscordClient({
  webhook,
  apiUrl,
  contactUrl,
  timeoutMs = REQUEST_TIMEOUT_MS,
}: Options): DiscordClient {
  const base = `${(apiUrl ?? DISCORD_URL).replace(/\/+$/, "")}/api/v10/webhooks/${webhook.id}/${webhook.token}`;
  // Cloudflare blocks requests without a User-Agent of this form.
  const userAgent = `DiscordBot (${contactUrl ?? "https://discord.com/developers/docs/resources/webhook"}, 1.0)`;

  async function send<Wire, Value>(
    method: "GET" | "POST" | "PATCH",
    path: string,
    card: CardPayload | null,
    shape: z.ZodType<Wire>,
    read: (wire: Wire) => Value,
  ): Promise<Outcome<Value>> {
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
        headers: { "User-Agent": userAgent, ...(card ? { "Content-Type": "application/json" } : {}) },
        body: card ? JSON.stringify(card) : null,
      });
      const text = await response.text();
      if (!response.ok) return failureOf({ method, response, text });
      const wire = shape.safeParse(parseJson(text));
      if (!wire.success) return failureOf({ method, unreadable: true });
      return { kind: "ok", value: read(wire.data), waitMs: waitOf(response.headers) };
    } catch (error) {
      return failureOf({ method, error });
    }
  }

  return {
    // Without `wait` Discord answers before the message is stored, and does not give its id.
    post: (card) => send("POST", "?wait=true", card, Message, toMessage),
    edit: (messageId, card) => send("PATCH", `/messages/${messageId}`, card, Message, toMessage),
    read: (messageId) => send("GET", `/messages/${messageId}`, null, Message, toMessage),
    check: () => send("GET", "", null, WebhookInfo, (info) => ({ applicationId: info.application_id })),
  };
}

function toMessage({ id, channel_id, content }: z.infer<typeof Message>): DiscordMessage {
  return { id, channelId: channel_id, content };
}

function waitOf(headers: Headers): number {
  if (headers.get("X-RateLimit-Remaining") !== "0") return 0;
  const seconds = Number(headers.get("X-RateLimit-Reset-After"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds * 1000) : 0;
}
