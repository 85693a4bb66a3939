import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { log as Log } from "@/lib/log";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";

const SECRETS = {
  SMTP_URL: "smtp://desk:p%40ss-of-the-tests@mail.example.com",
  DISCORD_WEBHOOK_URL: "https://discord.com/api/webhooks/123456789012345678/token-of-the-tests",
  CRON_SECRET: "cron-secret-of-the-tests",
};

let written = "";
let log: typeof Log;

beforeAll(async () => {
  for (const [name, value] of Object.entries({ ...SECRETS, LOG_LEVEL: "trace" })) vi.stubEnv(name, value);
  const { default: pino } = await import("pino");
  ({ log } = await import("@/lib/log"));
  // The logger's output, under pino's own name.
  const stream = Reflect.get(log, pino.symbols.streamSym) as { write: (line: string) => void };
  stream.write = (line) => void (written += line);
});
afterAll(() => vi.unstubAllEnvs());

test("an error can be logged without its message, over several lines or one", async () => {
  const { withoutWords } = await import("@/lib/log");
  const error = Object.assign(new RangeError("the customer's\n    at words"), { code: 7 });
  const told = withoutWords(error);
  expect(told).toMatchObject({ type: "RangeError", code: 7, stack: expect.stringContaining("log.test.ts") });
  expect(told.stack).not.toContain("at words");
  expect(withoutWords("the customer's words")).toEqual({ type: "string" });
});

test("a secret is in no part of a line", () => {
  const token = sessionToken();
  const error = Object.assign(new Error(`connect p@ss-of-the-tests with ${SECRETS.CRON_SECRET}`), {
    config: { headers: { authorization: `Bearer ${token}` }, url: SECRETS.DISCORD_WEBHOOK_URL },
  });
  log.level = "trace";
  log.error(
    { err: error, deep: { er: [SECRETS.SMTP_URL, `token-of-the-tests`] } },
    `Bearer opaque-token ${token}`,
  );
  expect(written).toContain("[redacted]");
  const secrets = ["ss-of-the-tests", "token-of-the-tests", SECRETS.CRON_SECRET, token, "opaque-token"];
  expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
});
