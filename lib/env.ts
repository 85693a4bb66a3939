import "server-only";
import { createPublicKey } from "node:crypto";
import { z } from "zod";
import { decideAuthMode, type AuthMode } from "./auth-mode";
import { parseWebhookUrl } from "./webhook-url";
import { isLoopbackHost } from "./loopback";
import { processSingleton } from "./process-singleton";

const port = z.coerce
  .number("must be a port number")
  .int("must be a port number")
  .min(1, "must be a port number")
  .max(65_535, "must be a port number");
const secret = z.string().min(16, "must be at least 16 characters");

/** An API that gets our secrets: encrypted, or on this machine. */
const apiUrl = z
  .url({ protocol: /^https?$/, error: "must be an https address" })
  .refine(
    (url) => !URL.canParse(url) || url.startsWith("https:") || isLoopbackHost(new URL(url).host),
    "must be https, or http on this machine",
  )
  .optional();

/** Every variable the product reads. `.env.example` explains each; a test keeps the two in step. */
const Schema = z.object({
  MONGODB_URI: z
    .string("is required: the connection string of a MongoDB replica set")
    .regex(/^mongodb(\+srv)?:\/\/\S+$/, "must start with mongodb:// or mongodb+srv://"),
  APP_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .refine(isOriginOnly, "must be scheme, host and port alone, such as https://desk.example.com")
    .transform((url) => new URL(url).origin)
    .optional(),

  AUTH_MODE: z.string().optional(),
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: z
    .string()
    .refine(isPublishableKey, "must be Clerk's publishable key, pk_test_… or pk_live_…")
    .optional(),
  CLERK_SECRET_KEY: z
    .string()
    .regex(/^sk_(test|live)_\S+$/, "must be Clerk's secret key, sk_test_… or sk_live_…")
    .optional(),
  CLERK_JWT_KEY: z
    .string()
    .transform((pem) => pem.replaceAll("\\n", "\n"))
    .refine(isRsaPublicKey, "must be Clerk's JWT public key in PEM form")
    .optional(),
  CLERK_API_URL: apiUrl,
  CLERK_ORGANIZATION_ID: z
    .string()
    .regex(/^org_\w+$/, "must be a Clerk organization id, org_…")
    .optional(),
  CLERK_WEBHOOK_SECRET: z
    .string()
    .refine(isSigningSecret, "must be the webhook's signing secret as Clerk shows it, whsec_…")
    .optional(),
  ALLOWED_EMAIL_DOMAINS: z
    .string()
    .transform(toDomains)
    .refine(
      (domains) =>
        domains.length > 0 && domains.every((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)),
      "must be domains such as example.com, separated by commas",
    )
    .optional(),
  DEMO_SESSION_SECRET: z.string().min(32, "must be at least 32 characters").optional(),

  SUPPORT_ADDRESS: z.email("must be one mail address").optional(),
  SUPPORT_NAME: z.string().max(100, "must be at most 100 characters").optional(),
  DISCORD_WEBHOOK_URL: z
    .string()
    .refine(
      (url) => parseWebhookUrl(url) !== null,
      "must be a webhook's address as Discord shows it, https://discord.com/api/webhooks/…",
    )
    .optional(),
  DISCORD_API_URL: apiUrl,
  SMTP_URL: z
    .string()
    .refine(isSmtpUrl, "must be an address such as smtp://user:password@mail.example.com:587")
    .optional(),
  INBOUND_SECRET: secret.optional(),
  INBOUND_SMTP_PORT: port.optional(),
  INBOUND_SMTP_HOST: z
    .string()
    .regex(/^[\w.:-]+$/, "must be an address to listen on")
    .optional(),
  TRUSTED_AUTHSERV_IDS: z
    .string()
    .transform((list) => list.split(",").map((id) => id.trim().toLowerCase()))
    .refine(
      (ids) => ids.every((id) => /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(id)),
      "must be names of mail servers such as mx.example.com, separated by commas",
    )
    .optional(),
  FOLLOWERS: z.enum(["on", "off"], "must be on or off").default("on"),
  CRON_SECRET: secret.optional(),
  METRICS_TOKEN: secret.optional(),
  TRUSTED_PROXY_HOPS: z.coerce
    .number("must be a number of proxies")
    .int("must be a number of proxies")
    .min(0, "must be a number of proxies")
    .max(10, "must be at most 10")
    .default(0),
  RATE_LIMIT_FACTOR: z.coerce
    .number("must be a number")
    .positive("must be more than 0")
    .max(100_000, "must be at most 100000")
    .default(1),
  LOG_LEVEL: z
    .enum(
      ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
      "must be fatal, error, warn, info, debug, trace or silent",
    )
    .optional(),
});

/** `AUTH_MODE` is always set; `APP_URL` has no slash at its end. */
export type Env = z.infer<typeof Schema> & { AUTH_MODE: AuthMode };

/** The environment is unusable. `problems` names each variable and what it must be, but no value. */
export class EnvError extends Error {
  constructor(readonly problems: string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.name = "EnvError";
  }
}

/** Reads `source`; an empty variable counts as missing. Throws one `EnvError` that lists every problem at once. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value));
  const parsed = Schema.safeParse(present);
  const auth = decideAuthMode(present);
  const problems = (parsed.error?.issues ?? []).map((issue) => `${issue.path.join(".")} ${issue.message}`);
  if ("problems" in auth) problems.push(...auth.problems);
  if (present.SMTP_URL && !present.SUPPORT_ADDRESS) {
    problems.push("SUPPORT_ADDRESS is required if SMTP_URL is set: replies are sent from it");
  }
  if (problems.length > 0 || !parsed.success || "problems" in auth) throw new EnvError(problems);
  return { ...parsed.data, AUTH_MODE: auth.mode };
}

const cache = processSingleton("env", () => ({ value: null as Env | null }));

/** The environment, parsed once per process. Throws `EnvError` if it is unusable. */
export function env(): Env {
  return (cache.value ??= parseEnv(process.env));
}

/** True for a built app; false under test and with hot reload. */
export function isProduction(): boolean {
  return process.env.NODE_ENV === "production";
}

/** The log's level: LOG_LEVEL, else "silent" in tests and "info" otherwise. Works with an unusable environment. */
export function logLevel(): string {
  return process.env.LOG_LEVEL ?? (process.env.NODE_ENV === "test" ? "silent" : "info");
}

const SECRETS = [
  ...["CLERK_SECRET_KEY", "DEMO_SESSION_SECRET", "INBOUND_SECRET", "CRON_SECRET", "METRICS_TOKEN"],
  "CLERK_WEBHOOK_SECRET",
  ...["MONGODB_URI", "SMTP_URL", "DISCORD_WEBHOOK_URL"],
];
/** Shorter values are not hidden: they could be words. Real secrets are longer. */
const SECRET_CHARACTERS_MIN = 6;

/**
 * The environment's secrets as they may occur in a text: each value, as it is and as in JSON, and the secret part of an
 * address alone.
 */
export function secretValues(): string[] {
  const values = SECRETS.flatMap((name) => {
    const value = process.env[name] ?? "";
    if (!URL.canParse(value)) return [value];
    const { password, pathname } = new URL(value);
    const token = name === "DISCORD_WEBHOOK_URL" ? (pathname.split("/").at(-1) ?? "") : "";
    return [value, password, decodeURIComponent(password), token];
  });
  const written = [...values, ...values.map((value) => JSON.stringify(value).slice(1, -1))];
  return written.filter((value) => value.length >= SECRET_CHARACTERS_MIN);
}

function toDomains(list: string): string[] {
  const domains = list.split(",").map((domain) => domain.trim().toLowerCase().replace(/^@/, ""));
  return domains.filter((domain) => domain !== "");
}

function isOriginOnly(value: string): boolean {
  if (!URL.canParse(value)) return true; // already reported
  const { pathname, search, hash, username, password } = new URL(value);
  return pathname === "/" && `${search}${hash}${username}${password}` === "";
}

/** Clerk's key is its frontend host in base64, ended by a dollar sign. */
function isPublishableKey(key: string): boolean {
  const [, encoded = ""] = /^pk_(?:test|live)_([A-Za-z0-9+/=_-]+)$/.exec(key) ?? [];
  const host = Buffer.from(encoded, "base64").toString("latin1");
  return host.endsWith("$") && host.includes(".");
}

/** A signing secret is "whsec_" and 24 bytes or more in base64. */
function isSigningSecret(value: string): boolean {
  const [, encoded = ""] = /^whsec_(.+)$/.exec(value) ?? [];
  const key = Buffer.from(encoded, "base64");
  return key.length >= 24 && key.toString("base64") === encoded;
}

function isRsaPublicKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}

function isSmtpUrl(value: string): boolean {
  return URL.canParse(value) && /^smtps?:$/.test(new URL(value).protocol) && new URL(value).hostname !== "";
}
