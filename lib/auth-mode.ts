import "server-only";
import { isLoopbackHost } from "./loopback";

export type AuthMode = "clerk" | "demo";
type AuthModeDecision = { mode: AuthMode } | { problems: string[] };

const PUBLISHABLE = "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY";
const SECRET = "CLERK_SECRET_KEY";
const CLERK_KEYS = [PUBLISHABLE, SECRET, "CLERK_JWT_KEY"];

/** Variables that hosting platforms set. There the demo would let the whole internet sign in as anybody. */
const PLATFORM_VARIABLES = [
  "VERCEL",
  "NETLIFY",
  "KUBERNETES_SERVICE_HOST",
  "DYNO",
  "FLY_APP_NAME",
  "RENDER",
  "RAILWAY_ENVIRONMENT",
  "K_SERVICE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_EXECUTION_ENV",
  "ECS_CONTAINER_METADATA_URI_V4",
  "WEBSITE_INSTANCE_ID",
  "CF_PAGES",
];

/**
 * Whether people sign in with Clerk or with the demo's "sign in as …". The demo needs AUTH_MODE=demo, and exists only on
 * this machine and without Clerk keys. Anything unclear is a problem, never a guess.
 */
export function decideAuthMode(source: Record<string, string | undefined>): AuthModeDecision {
  const mode = source.AUTH_MODE;
  if (mode !== undefined && mode !== "clerk" && mode !== "demo") {
    return { problems: ['AUTH_MODE must be "clerk" or "demo"'] };
  }
  const problems = mode === "demo" ? demoProblems(source) : clerkProblems(source);
  return problems.length > 0 ? { problems } : { mode: mode ?? "clerk" };
}

function demoProblems(source: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  const keys = CLERK_KEYS.filter((name) => source[name]);
  if (keys.length > 0)
    problems.push(
      `AUTH_MODE=demo lets anybody in and never runs beside Clerk: unset ${keys.join(", ")}, or AUTH_MODE`,
    );
  const platform = PLATFORM_VARIABLES.filter((name) => source[name]);
  if (platform.length > 0)
    problems.push(
      `AUTH_MODE=demo lets anybody in and runs on your own machine only; this is a hosted platform (${platform.join(", ")})`,
    );
  if (source.APP_URL && URL.canParse(source.APP_URL) && !isLoopbackHost(new URL(source.APP_URL).host)) {
    problems.push(
      "AUTH_MODE=demo lets anybody in; APP_URL must be an address of this machine, such as http://localhost:3000",
    );
  }
  return problems;
}

function clerkProblems(source: Record<string, string | undefined>): string[] {
  const publishable = source[PUBLISHABLE];
  const secret = source[SECRET];
  if (!publishable && !secret && source.AUTH_MODE === undefined) {
    return [
      `${PUBLISHABLE} and ${SECRET} are required: the keys of your Clerk application (or AUTH_MODE=demo to try the desk on this machine)`,
    ];
  }
  const problems: string[] = [];
  if (!publishable) problems.push(`${PUBLISHABLE} is required: Clerk's publishable key, pk_…`);
  if (!secret) problems.push(`${SECRET} is required: Clerk's secret key, sk_…`);
  if (publishable && secret && isLive(publishable) !== isLive(secret)) {
    problems.push(`${PUBLISHABLE} and ${SECRET} must both be test keys or both live keys`);
  }
  return source.NODE_ENV === "production" ? [...problems, ...productionProblems(source)] : problems;
}

function productionProblems(source: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  if (!source.CLERK_JWT_KEY)
    problems.push(
      "CLERK_JWT_KEY is required in production: Clerk's JWT public key, without which strangers' tokens make the desk ask Clerk for keys",
    );
  if (!source.APP_URL)
    problems.push(
      "APP_URL is required in production: the desk's own address, without which sessions issued to other sites count",
    );
  if (!source.CLERK_ORGANIZATION_ID && !source.ALLOWED_EMAIL_DOMAINS)
    problems.push(
      "CLERK_ORGANIZATION_ID or ALLOWED_EMAIL_DOMAINS is required in production: without one, anybody who signs up is on the team",
    );
  return problems;
}

function isLive(key: string): boolean {
  return key.slice(2).startsWith("_live_");
}
