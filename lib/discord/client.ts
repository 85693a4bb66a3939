import "server-only";
import { z } from "zod";
import type { CardPayload } from "./render";
import { failureOf, parseJson, type Failure } from "./failure";
import type { Webhook } from "@/lib/webhook-url";

const DISCORD_URL = "https://discord.com";
/** Longest time one request may take, answer read, in milliseconds. Shorter than any lease it runs under. */
export const REQUEST_TIMEOUT_MS = 15_000;

const Snowflake = z.string().regex(/^\d+$/);
const Message = z.object({ id: Snowflake, channel_id: Snowflake, content: z.string() });
const WebhookInfo = z.object({
  id: Snowflake,
  channel_id: Snowflake.nullable(),
  application_id: Snowflake.nullable(),
});

export type DiscordMessage = { id: string; channelId: string; content: string };

/**
 * What became of a request. `ok` says how long to leave the webhook alone where its allowance is used up, in
 * milliseconds, else 0.
 */
export type Outcome<Value> = { kind: "ok"; value: Value; restMs: number } | Failure;

export type DiscordClient = {
  post(card: CardPayload): Promise<Outcome<DiscordMessage>>;
  edit(messageId: string, card: CardPayload): Promise<Outcome<DiscordMessage>>;
  /** The message as Discord has it now. */
  read(messageId: string): Promise<Outcome<DiscordMessage>>;
  /** Whether Discord knows the webhook. */
  check(): Promise<Outcome<{ applicationId: string | null }>>;
};

type Options = {
  webhook: Webhook;
  /** Where the API is reached, without a path; Discord itself where null. */
  apiUrl: string | null;
  /** Shown to Discord as the address of whoever runs this. */
  contactUrl: string | null;
  timeoutMs?: number;
};

/**
 * Speaks to one webhook. Each call is exactly one request, never repeated here, and never throws for what the network
 * or Discord does; no outcome carries the token. https://discord.com/developers/docs/resources/webhook
 */
export function createDiscordClient({
  webhook,
  apiUrl,
  contactUrl,
  timeoutMs = REQUEST_TIMEOUT_MS,
}: Options): DiscordClient {
  const base = `${(apiUrl ?? DISCORD_URL).replace(/\/+$/, "")}/api/v10/webhooks/${webhook.id}/${webhook.token}`;
  // Cloudflare turns away what does not introduce itself in this form.
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
      return { kind: "ok", value: read(wire.data), restMs: restOf(response.headers) };
    } catch (error) {
      return failureOf({ method, error });
    }
  }

  return {
    // Without `wait` Discord answers before it has stored anything, and never says what the message's id is.
    post: (card) => send("POST", "?wait=true", card, Message, toMessage),
    edit: (messageId, card) => send("PATCH", `/messages/${messageId}`, card, Message, toMessage),
    read: (messageId) => send("GET", `/messages/${messageId}`, null, Message, toMessage),
    check: () => send("GET", "", null, WebhookInfo, (info) => ({ applicationId: info.application_id })),
  };
}

function toMessage({ id, channel_id, content }: z.infer<typeof Message>): DiscordMessage {
  return { id, channelId: channel_id, content };
}

function restOf(headers: Headers): number {
  if (headers.get("X-RateLimit-Remaining") !== "0") return 0;
  const seconds = Number(headers.get("X-RateLimit-Reset-After"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds * 1000) : 0;
}
