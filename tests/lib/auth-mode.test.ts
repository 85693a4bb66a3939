import { describe, expect, test } from "vitest";
import { decideAuthMode } from "@/lib/auth-mode";

const KEYS = { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_test_x", CLERK_SECRET_KEY: "sk_test_x" };
const LIVE = { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_live_x", CLERK_SECRET_KEY: "sk_live_x" };
const PRODUCTION = { NODE_ENV: "production" };
const READY = { ...LIVE, ...PRODUCTION, CLERK_JWT_KEY: "x", APP_URL: "https://desk.example" };

describe("decideAuthMode", () => {
  test.each([
    ["both keys", KEYS],
    ["both keys and AUTH_MODE=clerk", { ...KEYS, AUTH_MODE: "clerk" }],
    ["production with an organization", { ...READY, CLERK_ORGANIZATION_ID: "org_1" }],
    ["production with mail domains", { ...READY, ALLOWED_EMAIL_DOMAINS: "example.com" }],
    ["a hosting platform", { ...LIVE, VERCEL: "1", CLERK_ORGANIZATION_ID: "org_1" }],
  ])("is Clerk's with %s", (_, source) => {
    expect(decideAuthMode(source)).toEqual({ mode: "clerk" });
  });

  test.each([
    ["nothing else", {}],
    ["production on this machine", PRODUCTION],
    ["an address of this machine", { APP_URL: "http://localhost:3000" }],
    ["this machine by IP address", { APP_URL: "http://127.0.0.1:3000" }],
  ])("is the demo's for AUTH_MODE=demo, with %s", (_, source) => {
    expect(decideAuthMode({ ...source, AUTH_MODE: "demo" })).toEqual({ mode: "demo" });
  });

  test.each([
    ["neither keys nor AUTH_MODE", {}, /AUTH_MODE=demo to try/],
    ["no key in production", PRODUCTION, /are required/],
    [
      "AUTH_MODE=clerk with half a pair",
      { AUTH_MODE: "clerk", CLERK_SECRET_KEY: "sk_test_x" },
      /^NEXT_PUBLIC/,
    ],
    ["an unknown mode", { ...KEYS, AUTH_MODE: "off" }, /AUTH_MODE must be/],
    ["only the publishable key", { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_test_x" }, /^CLERK_SECRET_KEY/],
    ["only the secret key", { CLERK_SECRET_KEY: "sk_test_x" }, /^NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY/],
    ["a test key beside a live key", { ...KEYS, CLERK_SECRET_KEY: "sk_live_x" }, /both be test keys/],
    ["production without a rule for the team", READY, /CLERK_ORGANIZATION_ID or/],
    [
      "production without the key of its sessions",
      { ...READY, CLERK_JWT_KEY: undefined, CLERK_ORGANIZATION_ID: "org_1" },
      /^CLERK_JWT_KEY is required in production/,
    ],
    [
      "production without its own address",
      { ...READY, APP_URL: undefined, CLERK_ORGANIZATION_ID: "org_1" },
      /^APP_URL is required in production/,
    ],
    ["the demo beside both keys", { ...KEYS, AUTH_MODE: "demo" }, /never runs beside Clerk/],
    ["the demo beside one key", { CLERK_JWT_KEY: "x", AUTH_MODE: "demo" }, /CLERK_JWT_KEY/],
    ["the demo on Vercel", { VERCEL: "1", AUTH_MODE: "demo" }, /hosted platform \(VERCEL\)/],
    ["the demo in a cluster", { KUBERNETES_SERVICE_HOST: "10.0.0.1", AUTH_MODE: "demo" }, /hosted platform/],
    ["the demo at a public address", { APP_URL: "https://desk.example", AUTH_MODE: "demo" }, /this machine/],
    [
      "the demo at a name that only begins like this machine",
      {
        APP_URL: "http://localhost.desk.example",
        AUTH_MODE: "demo",
      },
      /this machine/,
    ],
  ])("is a problem with %s", (_, source, problem) => {
    expect(decideAuthMode(source)).toEqual({ problems: [expect.stringMatching(problem)] });
  });

  test("lists every problem with the demo at once", () => {
    const decision = decideAuthMode({
      ...KEYS,
      AUTH_MODE: "demo",
      VERCEL: "1",
      APP_URL: "https://desk.example",
    });
    expect(decision).toMatchObject({ problems: { length: 3 } });
  });
});
