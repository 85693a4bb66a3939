import "server-only";
import { z } from "zod";
import { decideAuthMode, type AuthMode } from "./auth/mode";
import { processSingleton } from "./process-singleton";

const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

const port = z.coerce.number().int().min(1).max(65_535);
const secret = z.string().min(16, "must be at least 16 characters");
const webUrl = z.url({ protocol: /^https?$/, error: "must be an http or https address" });

/** Every variable the product reads. `.env.example` says what each is for; a test holds the two together. */
const Schema = z.object({
  MONGODB_URI: z
    .string("is required: the connection string of a MongoDB replica set")
    .regex(/^mongodb(\+srv)?:\/\//, "must start with mongodb:// or mongodb+srv://"),
  APP_URL: webUrl.optional(),

  AUTH_MODE: z.enum(["clerk", "demo"], 'must be "clerk" or "demo"').optional(),
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: z
    .string()
    .regex(/^pk_(test|live)_[A-Za-z0-9+/=_-]+$/, "must be Clerk's publishable key, pk_test_… or pk_live_…")
    .optional(),
  CLERK_SECRET_KEY: z
    .string()
    .regex(/^sk_(test|live)_\S+$/, "must be Clerk's secret key, sk_test_… or sk_live_…")
    .optional(),
  CLERK_JWT_KEY: z
    .string()
    .includes("BEGIN PUBLIC KEY", { error: "must be Clerk's JWT public key in PEM form" })
    .optional(),
  CLERK_API_URL: webUrl.optional(),
  CLERK_ORGANIZATION_ID: z
    .string()
    .regex(/^org_\w+$/, "must be a Clerk organization id, org_…")
    .optional(),
  ALLOWED_EMAIL_DOMAINS: z
    .string()
    .transform((list) =>
      list
        .split(",")
        .map((domain) => domain.trim().toLowerCase().replace(/^@/, ""))
        .filter(Boolean),
    )
    .pipe(
      z
        .array(
          z
            .string()
            .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "must be domains such as example.com, separated by commas"),
        )
        .min(1),
    )
    .optional(),
  DEMO_SESSION_SECRET: z.string().min(32, "must be at least 32 characters").optional(),

  SUPPORT_ADDRESS: z.email("must be one mail address").optional(),
  SUPPORT_NAME: z.string().max(100).optional(),
  DISCORD_WEBHOOK_URL: z.string().optional(),
  DISCORD_API_URL: webUrl
    .refine(
      (url) => url.startsWith("https:") || LOOPBACK_HOSTS.has(new URL(url).hostname),
      "must be https, or http on this machine",
    )
    .optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/\S+$/, "must be an address such as smtp://user:password@mail.example.com:587")
    .optional(),
  INBOUND_SECRET: secret.optional(),
  INBOUND_SMTP_PORT: port.optional(),
  INBOUND_SMTP_HOST: z.string().optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).optional(),
});

/** `AUTH_MODE` is what was decided, whether it was said or not. */
export type Env = z.infer<typeof Schema> & { AUTH_MODE: AuthMode };

/** The environment is unusable. `problems` names every variable and what it should be, and never a value. */
export class EnvError extends Error {
  constructor(readonly problems: string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.name = "EnvError";
  }
}

/** Reads `source`; an empty variable counts as missing. Throws one `EnvError` that lists every problem at once. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = Schema.safeParse(given);
  const auth = decideAuthMode(given);
  if (parsed.success && "mode" in auth) return { ...parsed.data, AUTH_MODE: auth.mode };
  const issues = parsed.error?.issues ?? [];
  throw new EnvError([
    ...issues.map((issue) => `${String(issue.path[0] ?? "environment")} ${issue.message}`),
    ...("problems" in auth ? auth.problems : []),
  ]);
}

const cache = processSingleton("env", () => ({ value: null as Env | null }));

/** The environment, parsed at the first call of the process. Throws `EnvError` where it is unusable. */
export function env(): Env {
  return (cache.value ??= parseEnv(process.env));
}

/** Level of the log: said by LOG_LEVEL, else silent under test. Read before the environment is checked. */
export function logLevel(): string {
  return process.env.LOG_LEVEL ?? (process.env.NODE_ENV === "test" ? "silent" : "info");
}
