// Checks a message: Discord's own schemas first, then the rules they leave out.
import Ajv, { type ErrorObject } from "ajv/dist/2020";
import description from "./webhook-schemas.json" with { type: "json" };
import type { Message } from "./messages";

export type Body = Record<string, unknown>;
export type Problem = { path: string[]; code: string; message: string };
export type Refusal = { status: number; code: number; message: string; problems?: Problem[] };

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: {
    uri: (text: string) => URL.canParse(text),
    snowflake: /^\d{1,20}$/,
    int32: true,
    double: true,
    "date-time": true,
  },
});
ajv.addSchema(description, "discord");
const schemaOf = (name: string) => ajv.compile({ $ref: `discord#/components/schemas/${name}` });
const SCHEMAS = {
  POST: schemaOf("IncomingWebhookRequestPartial"),
  PATCH: schemaOf("IncomingWebhookUpdateRequestPartial"),
};
const KEYS = {
  POST: new Set(Object.keys(description.components.schemas.IncomingWebhookRequestPartial.properties)),
  PATCH: new Set(Object.keys(description.components.schemas.IncomingWebhookUpdateRequestPartial.properties)),
};
const MENTION_KEYS = new Set(
  Object.keys(description.components.schemas.MessageAllowedMentionsRequest.properties),
);
// SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS (not on an edit), IS_COMPONENTS_V2.
const FLAGS = { POST: 4 | 4096 | 32768, PATCH: 4 | 32768 };
const EMBEDS_TOTAL_MAX = 6000;

/** Why this body is refused, or null if it is accepted. Stricter than Discord. `before` is the message being edited. */
export function refusalOf(
  method: "POST" | "PATCH",
  body: Body,
  before: Message | null,
  isAppOwned: boolean,
): Refusal | null {
  const validate = SCHEMAS[method];
  const problems: Problem[] = validate(trimmed(body)) ? [] : (validate.errors ?? []).map(fromSchema);
  for (const key of Object.keys(body)) if (!KEYS[method].has(key)) problems.push(unknownKey([key]));
  problems.push(...mentionProblems(body.allowed_mentions), ...embedProblems(body.embeds));
  problems.push(...componentProblems(body.components, isAppOwned), ...nameProblems(body.username));
  const flags = typeof body.flags === "number" ? body.flags : 0;
  if ((flags & ~FLAGS[method]) !== 0) problems.push(problem(["flags"], "BITFIELD_INVALID", "Invalid bits."));
  if (body.thread_name != null || body.applied_tags != null) {
    return { status: 400, code: 220003, message: "Webhooks can only create threads in forum channels" };
  }
  if (problems.length > 0) return { status: 400, code: 50035, message: "Invalid Form Body", problems };
  return isEmpty(body, before) ? { status: 400, code: 50006, message: "Cannot send an empty message" } : null;
}

/** Problems in Discord's nested form: `errors.embeds.0.title._errors[]`. */
export function nested(problems: Problem[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { path, code, message } of problems) {
    let node = root;
    for (const key of path) node = (node[key] ??= {}) as Record<string, unknown>; // this line puts only objects there
    node._errors = [...((node._errors as unknown[] | undefined) ?? []), { code, message }]; // only this line writes it
  }
  return root;
}

function problem(path: string[], code: string, message: string): Problem {
  return { path, code, message };
}

function unknownKey(path: string[]): Problem {
  return problem(path, "UNKNOWN_KEY", "Discord would ignore this key.");
}

function fromSchema({ instancePath, keyword, message }: ErrorObject): Problem {
  return problem(instancePath.split("/").slice(1), `SCHEMA_${keyword.toUpperCase()}`, message ?? keyword);
}

function trimmed(body: Body): Body {
  return typeof body.content === "string" ? { ...body, content: body.content.trim() } : body;
}

function isEmpty(body: Body, before: Message | null): boolean {
  const kept = <Value>(key: string, was: Value | undefined) => (key in body ? body[key] : was);
  const content = kept("content", before?.content);
  const lists = [kept("embeds", before?.embeds), kept("components", before?.components)];
  const hasText = typeof content === "string" && content.trim() !== "";
  return !hasText && !lists.some((list) => Array.isArray(list) && list.length > 0);
}

function mentionProblems(allowed: unknown): Problem[] {
  if (typeof allowed !== "object" || allowed === null) return [];
  const { parse, users, roles } = allowed as Record<string, unknown>; // an object, as just checked
  const found = Object.keys(allowed)
    .filter((key) => !MENTION_KEYS.has(key))
    .map((key) => unknownKey(["allowed_mentions", key]));
  for (const [kind, list] of [
    ["users", users],
    ["roles", roles],
  ] as const) {
    if (Array.isArray(parse) && parse.includes(kind) && Array.isArray(list) && list.length > 0) {
      found.push(problem(["allowed_mentions"], "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", `${kind} twice`));
    }
  }
  return found;
}

function embedProblems(embeds: unknown): Problem[] {
  if (!Array.isArray(embeds)) return [];
  const found: Problem[] = [];
  let total = 0;
  embeds.forEach((embed: Body, index) => {
    const fields = Array.isArray(embed.fields) ? (embed.fields as Body[]) : []; // the schema has checked the items
    const { footer, author } = embed as { footer?: Body; author?: Body };
    const texts = [
      embed.title,
      embed.description,
      footer?.text,
      author?.name,
      ...fields.flatMap(Object.values),
    ];
    total += texts.reduce<number>((sum, text) => sum + (typeof text === "string" ? text.length : 0), 0);
    fields.forEach((field, at) => {
      for (const key of ["name", "value"]) {
        if (typeof field[key] === "string" && field[key].trim() !== "") continue;
        found.push(problem(["embeds", `${index}`, "fields", `${at}`, key], "BASE_TYPE_REQUIRED", "Required"));
      }
    });
  });
  if (total > EMBEDS_TOTAL_MAX)
    found.push(problem(["embeds"], "MAX_EMBED_SIZE_EXCEEDED", "Over 6000 in all."));
  return found;
}

const BUTTON = 2;
const LINK = 5;
const ROW_BUTTONS_MAX = 5;

function componentProblems(components: unknown, isAppOwned: boolean): Problem[] {
  if (!Array.isArray(components)) return [];
  const found: Problem[] = [];
  const ids = new Set<unknown>();
  components.forEach((row: Body, at) => {
    const children = Array.isArray(row.components) ? (row.components as Body[]) : []; // the schema has checked them
    const path = (index: number, key: string) => ["components", `${at}`, "components", `${index}`, key];
    if (children.length > ROW_BUTTONS_MAX)
      found.push(problem(["components", `${at}`], "BASE_TYPE_BAD_LENGTH", "1 to 5"));
    children.forEach((child, index) => {
      if (child.type === BUTTON && child.style === LINK) {
        if (child.url == null)
          found.push(problem(path(index, "url"), "BASE_TYPE_REQUIRED", "A link needs a url."));
        if (child.custom_id != null)
          found.push(problem(path(index, "custom_id"), "LINK_CUSTOM_ID", "Not on a link."));
        return;
      }
      if (!isAppOwned)
        found.push(problem(path(index, "type"), "NOT_APP_OWNED", "Interactive on a plain webhook."));
      if (child.custom_id == null)
        found.push(problem(path(index, "custom_id"), "BASE_TYPE_REQUIRED", "Required"));
      else if (ids.has(child.custom_id))
        found.push(problem(path(index, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Twice"));
      ids.add(child.custom_id);
    });
  });
  return found;
}

function nameProblems(username: unknown): Problem[] {
  if (typeof username !== "string" || !/clyde|discord/i.test(username)) return [];
  return [problem(["username"], "USERNAME_INVALID_CONTAINS", "Username cannot contain this word.")];
}
