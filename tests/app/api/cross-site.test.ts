import { beforeAll, describe, expect, test } from "vitest";
import { ROUTES } from "@/lib/auth/access";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";
import { handlerOf } from "@/tests/support/routes/route-table";

const SITES = [undefined, "same-origin", "cross-site"];
const ORIGINS = [undefined, "http://localhost:3000", "https://evil.example"];
/** Three values of each of the two headers that say where a request comes from. */
const NINE = SITES.flatMap((site) => ORIGINS.map((origin) => ({ site, origin })));

/** Routes that change something, but for those with a secret: no foreign page could send that along. */
const changing = Object.entries(ROUTES).filter(
  ([key, who]) => !key.startsWith("GET ") && !who.startsWith("bearer:"),
);

describe.each(changing)("%s", (key) => {
  beforeAll(demoIdentity.use);
  const [method, path = ""] = key.split(" ");

  test.each(NINE)(
    "refuses exactly what another site asks: Sec-Fetch-Site $site, Origin $origin",
    async ({ site, origin }) => {
      const headers = {
        ...demoIdentity.headersOf("priya"),
        ...(site ? { "sec-fetch-site": site } : {}),
        ...(origin ? { origin } : {}),
      };
      const { body } = await call(handlerOf(key), path, { method, headers, body: "{}" });
      // A request without both is allowed: every browser that keeps SameSite sends one of them.
      const isForeign = site === "cross-site" || origin === "https://evil.example";
      expect(body?.reason === "cross_origin").toBe(isForeign);
    },
  );
});
