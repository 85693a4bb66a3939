// The channel behind the webhook: posts, edits and deletions by Discord's rules.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { asStored, mentionsIn, snowflake, toWire, type Message, type Ping, type Webhook } from "./messages";
import { nested, refusalOf, type Body, type Refusal } from "./rules";

export type Answer = { status: number; body?: unknown };
export type Call = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  webhookId: string;
  token: string;
  messageId: string | null;
  query: URLSearchParams;
  body: Body;
};

type Kept = { webhook: Webhook; messages: Message[] };

const isTrue = (value: string | null) => value !== null && /^(true|1)$/i.test(value);

export class Channel {
  readonly pings: Ping[] = [];
  webhook: Webhook;
  messages: Message[];
  /** Threads of the channel by id, and whether each is archived. */
  readonly threads = new Map<string, { archived: boolean }>();
  private isDeleted = false;

  constructor(
    webhook: Webhook,
    private readonly clock: () => number,
    private readonly file: string | null,
  ) {
    const kept: Kept | null =
      file && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Kept) : null; // only we write it
    this.webhook = kept?.webhook ?? webhook;
    this.messages = kept?.messages ?? [];
    this.keep();
  }

  /** Carries out one call and returns Discord's answer. */
  answer(call: Call): Answer {
    const { method, messageId, query } = call;
    if (this.isDeleted || call.webhookId !== this.webhook.id) return errorOf(404, 10015, "Unknown Webhook");
    if (call.token !== this.webhook.token) return errorOf(401, 50027, "Invalid Webhook Token");
    if (messageId === null) return method === "POST" ? this.post(call) : this.info();

    const message = this.messages.find(({ id }) => id === messageId);
    if (!message || message.threadId !== query.get("thread_id"))
      return errorOf(404, 10008, "Unknown Message");
    if (method === "GET") return { status: 200, body: toWire(message) };
    if (method === "PATCH") return this.edit(call, message);
    this.messages = this.messages.filter((other) => other !== message);
    this.keep();
    return { status: 204 };
  }

  ageOf(messageId: string): number | null {
    const message = this.messages.find(({ id }) => id === messageId);
    return message ? this.clock() - Date.parse(message.timestamp) : null;
  }

  /** Somebody in the channel deletes a message. */
  deleteMessage(messageId: string): void {
    this.messages = this.messages.filter(({ id }) => id !== messageId);
    this.keep();
  }

  /** Somebody deletes the webhook in the channel's settings; its messages stay. */
  deleteWebhook(): void {
    this.isDeleted = true;
  }

  private info(): Answer {
    const { id, token, channelId, guildId, applicationId } = this.webhook;
    const owner = { application_id: applicationId, guild_id: guildId, channel_id: channelId };
    return { status: 200, body: { type: 1, id, token, name: "Claimdesk", avatar: null, ...owner } };
  }

  private post({ query, body }: Call): Answer {
    const refusal = refusalOf("POST", withoutIgnored(body, query), null, this.webhook.applicationId !== null);
    if (refusal) return refused(refusal);
    const threadId = query.get("thread_id");
    if (threadId !== null && !this.threads.has(threadId)) return errorOf(404, 10003, "Unknown Channel");
    if (threadId !== null) this.threads.set(threadId, { archived: false });

    const now = this.clock();
    const message: Message = {
      id: snowflake(now),
      channelId: this.webhook.channelId,
      webhookId: this.webhook.id,
      threadId,
      content: "",
      embeds: [],
      components: [],
      flags: 0,
      username: typeof body.username === "string" ? body.username : "Claimdesk",
      timestamp: new Date(now).toISOString(),
      editedTimestamp: null,
      mentionEveryone: false,
      mentions: [],
      mentionRoles: [],
    };
    this.messages.push(message);
    this.write(message, withoutIgnored(body, query));
    return isTrue(query.get("wait")) ? { status: 200, body: toWire(message) } : { status: 204 };
  }

  private edit({ query, body }: Call, message: Message): Answer {
    if (message.threadId !== null && this.threads.get(message.threadId)?.archived) {
      return errorOf(400, 50083, "Thread is archived");
    }
    const given = withoutIgnored(body, query);
    const refusal = refusalOf("PATCH", given, message, this.webhook.applicationId !== null);
    if (refusal) return refused(refusal);
    this.write(message, given);
    message.editedTimestamp = new Date(this.clock()).toISOString();
    this.keep();
    return { status: 200, body: toWire(message) };
  }

  /** A field left out stays, `[]` clears a list, and null leaves components as they are. Pings are found anew. */
  private write(message: Message, body: Body): void {
    if ("content" in body) message.content = asStored(String(body.content ?? ""));
    if (Array.isArray(body.embeds) || body.embeds === null)
      message.embeds = (body.embeds as unknown[] | null) ?? [];
    if (Array.isArray(body.components)) message.components = body.components;
    if (typeof body.flags === "number") message.flags = body.flags;

    const mentions = mentionsIn(message.content, body.allowed_mentions as Parameters<typeof mentionsIn>[1]); // by schema
    message.mentionEveryone = mentions.some(({ kind }) => kind === "everyone");
    message.mentions = mentions.filter(({ kind }) => kind === "user").map(({ target }) => target);
    message.mentionRoles = mentions.filter(({ kind }) => kind === "role").map(({ target }) => target);
    this.pings.push(...mentions.map((mention) => ({ messageId: message.id, ...mention })));
    this.keep();
  }

  private keep(): void {
    if (this.file === null) return;
    const kept: Kept = { webhook: this.webhook, messages: this.messages };
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, JSON.stringify(kept));
    renameSync(`${this.file}.new`, this.file);
  }
}

/** Without `with_components` Discord drops components silently. */
function withoutIgnored(body: Body, query: URLSearchParams): Body {
  if (isTrue(query.get("with_components"))) return body;
  const { components: _ignored, ...rest } = body;
  return rest;
}

export function errorOf(status: number, code: number, message: string, errors?: unknown): Answer {
  return { status, body: { message, code, ...(errors === undefined ? {} : { errors }) } };
}

function refused({ status, code, message, problems }: Refusal): Answer {
  return errorOf(status, code, message, problems && nested(problems));
}
