import "server-only";
import type { z } from "zod";
import { Refusal } from "./refusal";
import type { RouteContext } from "./route";

/** Largest JSON body accepted, in bytes: room for the longest reply in four-byte characters, escaped. */
export const JSON_BODY_MAX_BYTES = 1_000_000;

/**
 * The request's JSON body, parsed by `schema`. Refuses with 415 another type than `application/json`, with 413 more than
 * 1 MB (counted while reading, whatever Content-Length says), and with 400 what is no JSON or does not match the schema.
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.infer<Schema>> {
  requireMediaType(request, "application/json", "Send the body as application/json.");
  const bytes = await readBytes(request, JSON_BODY_MAX_BYTES);
  let body: unknown;
  try {
    const text = UTF_8.decode(bytes);
    if (nestingOf(text) > JSON_NESTING_MAX) throw new RangeError("too deep");
    body = JSON.parse(text);
  } catch {
    throw new Refusal("invalid_request", "The body is not valid JSON, or nested too deep.", { issues: [] });
  }
  return parse(body, schema);
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/** Deepest nesting accepted; our bodies are objects of plain values and of lists of them. */
const JSON_NESTING_MAX = 8;

/** Deepest nesting of brackets outside strings, found in one pass before anything is parsed. */
function nestingOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (isString) {
      if (character === "\\") at += 1;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === "[" || character === "{") deepest = Math.max(deepest, (depth += 1));
    else if (character === "]" || character === "}") depth -= 1;
  }
  return deepest;
}

/** Largest form accepted, in bytes; our forms name a person and a page. */
const FORM_MAX_BYTES = 4_096;

/**
 * The fields of a plain HTML form, parsed by `schema`. Refuses with 415 another type, with 413 more than 4 KB, and with
 * 400 what does not match the schema or names a field twice.
 */
export async function readForm<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.infer<Schema>> {
  requireMediaType(
    request,
    "application/x-www-form-urlencoded",
    "Send the form as application/x-www-form-urlencoded.",
  );
  const text = new TextDecoder().decode(await readBytes(request, FORM_MAX_BYTES));
  return parse(fieldsOf(new URLSearchParams(text)), schema);
}

/** The query string as one object, parsed by `schema`. Refuses a parameter that is given twice. */
export function readQuery<Schema extends z.ZodType>(request: Request, schema: Schema): z.infer<Schema> {
  return parse(fieldsOf(new URL(request.url).searchParams), schema);
}

function fieldsOf(given: URLSearchParams): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of given) {
    if (name in fields) {
      throw new Refusal("invalid_request", `The parameter ${name} was given twice.`, { issues: [] });
    }
    fields[name] = value;
  }
  return { ...fields };
}

/** The route's path parameters, parsed by `schema`. */
export async function readParams<Schema extends z.ZodType>(
  context: RouteContext,
  schema: Schema,
): Promise<z.infer<Schema>> {
  return parse(await context.params, schema);
}

/** `value` parsed by `schema`. Refuses with 400 and an issue for each path that does not match. */
export function parse<Schema extends z.ZodType>(value: unknown, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({
    path: issue.path.map(String).join("."),
    message:
      issue.code === "unrecognized_keys" ? `Nothing here is named ${quoted(issue.keys)}.` : issue.message,
  }));
  throw new Refusal("invalid_request", issues[0]?.message ?? "The request is not valid.", { issues });
}

function quoted(keys: string[]): string {
  return keys.map((key) => JSON.stringify(key)).join(" or ");
}

/** Longest time for a whole body to arrive, in milliseconds; a mail has the longer limit of scripts/serve.mjs. */
const BODY_ARRIVES_MS = 20_000;

/** The whole body. Refuses with 413 once more than `maxBytes` have arrived, and with 408 after 20 s. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new Refusal("too_large", `The body is larger than ${maxBytes} bytes. Send less.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  let isTooSlow = false;
  const deadline = setTimeout(() => {
    isTooSlow = true;
    reader.cancel().catch(() => {});
  }, BODY_ARRIVES_MS);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.byteLength;
      if (length > maxBytes) {
        await reader.cancel();
        throw tooLarge();
      }
      chunks.push(part.value);
    }
  } finally {
    clearTimeout(deadline);
  }
  if (isTooSlow) throw new Refusal("too_slow", "The body took too long to arrive. Send it again.");
  return Buffer.concat(chunks, length);
}

/** Refuses a body of another media type with 415 and `sentence`. Ignores parameters such as the charset. */
export function requireMediaType(request: Request, wanted: string, sentence: string): void {
  const given = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (given !== wanted) throw new Refusal("unsupported_media_type", sentence);
}
