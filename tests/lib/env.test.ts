import { readFileSync } from "node:fs";
import { parseEnv as parseDotenv } from "node:util";
import { describe, expect, test } from "vitest";
import { EnvError, parseEnv } from "@/lib/env";
import { describeFeatures } from "@/lib/desk/features";
import { PUBLIC_KEY_PEM } from "@/tests/support/clerk/clerk-tokens";

const DEMO = { MONGODB_URI: "mongodb://localhost/desk?replicaSet=rs0", AUTH_MODE: "demo" };
const CLERK = {
  MONGODB_URI: DEMO.MONGODB_URI,
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: `pk_live_${btoa("clerk.desk.example$")}`,
  CLERK_SECRET_KEY: "sk_live_0123456789",
};
const WEBHOOK = "https://discord.com/api/webhooks/123456789012345678/abc-DEF_ghi";

function problemsOf(source: Record<string, string>): string[] {
  try {
    parseEnv(source);
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
}

describe("parseEnv", () => {
  test("accepts the database and Clerk's two keys alone", () => {
    expect(parseEnv(CLERK)).toMatchObject({ AUTH_MODE: "clerk" });
  });

  test("accepts them in production together with the sessions' key, the site's address and a rule for the team", () => {
    const env = parseEnv({
      ...CLERK,
      NODE_ENV: "production",
      APP_URL: "https://desk.example",
      CLERK_JWT_KEY: PUBLIC_KEY_PEM,
      ALLOWED_EMAIL_DOMAINS: " @Example.com, b.example,",
    });
    expect(env.ALLOWED_EMAIL_DOMAINS).toEqual(["example.com", "b.example"]);
  });

  test("reads the trusted servers in lower case", () => {
    const { TRUSTED_AUTHSERV_IDS } = parseEnv({ ...DEMO, TRUSTED_AUTHSERV_IDS: "MX.Example.com, localhost" });
    expect(TRUSTED_AUTHSERV_IDS).toEqual(["mx.example.com", "localhost"]);
  });

  test("treats an empty variable as missing", () => {
    expect(parseEnv({ ...DEMO, APP_URL: "", CLERK_SECRET_KEY: "", SMTP_URL: "" })).not.toHaveProperty(
      "APP_URL",
    );
  });

  test("removes the slash at the end of APP_URL", () => {
    expect(parseEnv({ ...DEMO, APP_URL: "http://localhost:3000/" }).APP_URL).toBe("http://localhost:3000");
  });

  test("lists every problem in one error, without values", () => {
    const source = {
      MONGODB_URI: "postgres://canary-1",
      APP_URL: "canary-2",
      NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_test_canary3",
      CLERK_SECRET_KEY: "sk_canary4",
      CLERK_JWT_KEY: "canary-5",
      CLERK_ORGANIZATION_ID: "canary-6",
      ALLOWED_EMAIL_DOMAINS: "canary-7",
      SMTP_URL: "http://canary-8",
      INBOUND_SECRET: "canary-9",
      INBOUND_SMTP_PORT: "canary-10",
      DISCORD_WEBHOOK_URL: "https://canary-11.example/api/webhooks/1/x",
      DISCORD_API_URL: "http://canary-12.example",
      LOG_LEVEL: "canary-13",
    };
    const problems = problemsOf(source);
    for (const name of [...Object.keys(source), "SUPPORT_ADDRESS"]) {
      expect(problems.filter((problem) => problem.startsWith(name))).not.toEqual([]);
    }
    expect(new EnvError(problems).message).not.toMatch(/canary/i);
  });

  test.each([
    ["APP_URL", "https://desk.example/path"],
    ["APP_URL", "ftp://localhost"],
    ["INBOUND_SMTP_PORT", "70000"],
    ["SUPPORT_ADDRESS", "support"],
    ["DEMO_SESSION_SECRET", "short"],
    ["TRUSTED_AUTHSERV_IDS", "mx.example,,mx.example.org"],
    ["TRUSTED_AUTHSERV_IDS", "mx.example,"],
    ["TRUSTED_AUTHSERV_IDS", " "],
    ["TRUSTED_AUTHSERV_IDS", "mx one.example"],
    ["TRUSTED_AUTHSERV_IDS", "*.example.com"],
    ["ALLOWED_EMAIL_DOMAINS", ","],
    ["DISCORD_WEBHOOK_URL", WEBHOOK.replace("https", "http")],
    ["DISCORD_WEBHOOK_URL", WEBHOOK.replace("discord.com", "discord.com.evil.example")],
    ["DISCORD_WEBHOOK_URL", WEBHOOK.replace("https://", "https://discord.com@evil.example/")],
    ["DISCORD_WEBHOOK_URL", "https://discord.com/api/webhooks/abc/def"],
    ["NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", "pk_live_notahost"],
  ])("refuses %s as %s", (name, value) => {
    expect(problemsOf({ ...DEMO, [name]: value })).toContainEqual(expect.stringMatching(`^${name} must`));
  });

  test.each([
    WEBHOOK,
    WEBHOOK.replace("/api", "/api/v10"),
    WEBHOOK.replace("discord.com", "canary.discord.com"),
    WEBHOOK.replace("discord.com", "discordapp.com"),
  ])("accepts the webhook address %s", (url) => {
    expect(problemsOf({ ...DEMO, DISCORD_WEBHOOK_URL: url })).toEqual([]);
  });
});

describe("describeFeatures", () => {
  test("names the features that are off and their missing variables", () => {
    expect(describeFeatures(parseEnv(CLERK))).toEqual(
      expect.arrayContaining([
        { feature: "replies go out by mail", on: false, missing: ["SMTP_URL", "SUPPORT_ADDRESS"] },
        {
          feature: "tickets show as cards in Discord",
          on: false,
          missing: ["DISCORD_WEBHOOK_URL", "APP_URL"],
        },
      ]),
    );
  });

  test("says that a feature with all its variables is on", () => {
    const env = parseEnv({
      ...CLERK,
      SMTP_URL: "smtps://mail.example",
      SUPPORT_ADDRESS: "support@desk.example",
    });
    expect(describeFeatures(env)).toContainEqual({
      feature: "replies go out by mail",
      on: true,
      missing: [],
    });
  });
});

describe(".env.example", () => {
  const example = readFileSync(".env.example", "utf8");

  test("documents exactly the variables the product reads", () => {
    const source = readFileSync("lib/env.ts", "utf8");
    const schema = source.slice(source.indexOf("z.object({"), source.indexOf("export type Env"));
    const read = [...schema.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name);
    const documented = [...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(documented.toSorted()).toEqual(read.toSorted());
  });

  const filledIn = Object.fromEntries(Object.entries(parseDotenv(example)).map(([k, v]) => [k, v ?? ""]));

  test("is a valid environment once it says how people sign in", () => {
    expect(problemsOf({ ...filledIn, AUTH_MODE: "demo" })).toEqual([]);
  });

  test("lets nobody in as it is", () => {
    expect(problemsOf(filledIn)).toEqual([expect.stringMatching(/are required/)]);
  });
});
