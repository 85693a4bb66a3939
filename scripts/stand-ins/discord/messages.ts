// The channel's messages, as they are kept and as the API returns them.

export type Webhook = {
  id: string;
  token: string;
  channelId: string;
  guildId: string;
  applicationId: string | null;
};

export type Message = {
  id: string;
  channelId: string;
  webhookId: string;
  threadId: string | null;
  content: string;
  embeds: unknown[];
  components: unknown[];
  flags: number;
  username: string;
  timestamp: string;
  editedTimestamp: string | null;
  mentionEveryone: boolean;
  mentions: string[];
  mentionRoles: string[];
};

const DISCORD_EPOCH_MS = 1_420_070_400_000n;
let counter = 0n;

/** An id like Discord's: a string of more digits than a JavaScript number holds exactly. */
export function snowflake(nowMs: number): string {
  counter = (counter + 1n) % 4096n;
  return (((BigInt(Math.trunc(nowMs)) - DISCORD_EPOCH_MS) << 22n) | (1n << 17n) | counter).toString();
}

const STRIPPED = /[\u200B-\u200F\u2060\uFEFF]/g;

/** Text as Discord keeps it, which may differ from the text it was sent. */
export function asStored(content: string): string {
  return content
    .replace(/\r\n?/g, "\n")
    .replace(STRIPPED, "")
    .replace(/[ \t]+$/gm, "")
    .trim();
}

/** The message as the API returns it, with every required key. */
export function toWire(message: Message): Record<string, unknown> {
  return {
    type: 0,
    id: message.id,
    channel_id: message.threadId ?? message.channelId,
    webhook_id: message.webhookId,
    content: message.content,
    timestamp: message.timestamp,
    edited_timestamp: message.editedTimestamp,
    tts: false,
    pinned: false,
    flags: message.flags,
    attachments: [],
    embeds: message.embeds,
    components: message.components,
    mention_everyone: message.mentionEveryone,
    mentions: message.mentions.map((id) => ({ id, username: `user${id}`, discriminator: "0", avatar: null })),
    mention_roles: message.mentionRoles,
    author: {
      id: message.webhookId,
      username: message.username,
      global_name: null,
      avatar: null,
      discriminator: "0000",
      public_flags: 0,
      flags: 0,
      bot: true,
    },
  };
}

export type Ping = { messageId: string; kind: "everyone" | "user" | "role"; target: string };

type AllowedMentions = { parse?: unknown[] | null; users?: unknown[] | null; roles?: unknown[] | null };

/**
 * The people and roles a text would ping. Sources disagree, so this takes the worst they report: backslashes protect
 * nobody, and without `allowed_mentions` every kind is parsed.
 */
export function mentionsIn(
  content: string,
  allowed: AllowedMentions | null | undefined,
): Omit<Ping, "messageId">[] {
  const parses = (kind: string) => allowed == null || (allowed.parse ?? []).includes(kind);
  const found: Omit<Ping, "messageId">[] = [];
  if (parses("everyone")) {
    for (const [target] of content.matchAll(/@(?:everyone|here)/g)) found.push({ kind: "everyone", target });
  }
  for (const [, id = ""] of content.matchAll(/<\\?@\\?!?(\d+)\\?>/g)) {
    if (parses("users") || allowed?.users?.includes(id)) found.push({ kind: "user", target: id });
  }
  for (const [, id = ""] of content.matchAll(/<\\?@\\?&(\d+)\\?>/g)) {
    if (parses("roles") || allowed?.roles?.includes(id)) found.push({ kind: "role", target: id });
  }
  return found;
}
