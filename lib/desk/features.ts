import "server-only";
import type { Env } from "@/lib/env";

type Feature = { feature: string; on: boolean; missing: (keyof Env)[] };

/** The features that this environment turns on, and the missing variables of the others. Logged at the start. */
export function describeFeatures(env: Env): Feature[] {
  const needs = (feature: string, ...names: (keyof Env)[]): Feature => {
    const missing = names.filter((name) => env[name] === undefined);
    return { feature, on: missing.length === 0, missing };
  };
  const identity =
    env.AUTH_MODE === "demo"
      ? [
          needs("demo: anybody on this machine signs in as anybody, without a password"),
          needs("demo sign-ins outlive a restart", "DEMO_SESSION_SECRET"),
        ]
      : [
          needs("only sessions issued to this site are accepted", "APP_URL"),
          needs("Clerk tells the desk at once who has left", "CLERK_WEBHOOK_SECRET"),
        ];
  return [
    { feature: "a worker runs beside this server", on: env.FOLLOWERS === "on", missing: [] },
    ...identity,
    needs("replies go out by mail", "SMTP_URL", "SUPPORT_ADDRESS"),
    needs("mail comes in by HTTP", "INBOUND_SECRET"),
    needs("mail comes in by SMTP", "INBOUND_SMTP_PORT"),
    needs("tickets show as cards in Discord", "DISCORD_WEBHOOK_URL", "APP_URL"),
    needs("due work can be run by a timer from outside", "CRON_SECRET"),
    needs("metrics can be read", "METRICS_TOKEN"),
  ];
}
