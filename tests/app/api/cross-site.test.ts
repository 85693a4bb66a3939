import { beforeAll, describe, expect, test } from "vitest";
import { ROUTES } from "@/lib/auth/access";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";
import { FOUND_ROUTES } from "@/tests/support/routes/route-table";

const SITES = [undefined, "same-origin", "cross-site"];
const ORIGINS = [undefined, "http://localhost:3000", "https://evil.example"];
/** Three ways to say where a request comes from, by each of the two headers that say it. */
const NINE = SITES.flatMap((site) => ORIGINS.map((origin) => ({ site, origin })));

/** A program with a secret of its own carries no cookie that a foreign page could use. */
const changing = Object.entries(ROUTES).filter(
  ([key, who]) => !key.startsWith("GET ") && !who.startsWith("bearer:"),
);

describe.each(changing)("%s", (key) => {
  beforeAll(demoIdentity.use);
  const [method, path = ""] = key.split(" ");

  test.each(NINE)("asked with Sec-Fetch-Site $site and Origin $origin", async ({ site, origin }) => {
    const handler = FOUND_ROUTES.find((route) => route.key === key)?.handler;
    if (!handler) throw new Error(`${key} has no file`);
    const headers = {
      ...demoIdentity.headersOf("priya"),
      ...(site ? { "sec-fetch-site": site } : {}),
      ...(origin ? { origin } : {}),
    };
    const { body } = await call(handler, path, { method, headers, body: "{}" });
    // Neither header is allowed: every browser that keeps SameSite sends one of them, so no page can leave out both.
    const isForeign = site === "cross-site" || origin === "https://evil.example";
    expect(body?.reason === "cross_origin").toBe(isForeign);
  });
});
