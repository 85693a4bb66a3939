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
  ([key, who]) => !key.startsWith("GET ") && !/^(bearer|signed):/.test(who),
);

describe.each(changing)("%s", (key) => {
  beforeAll(demoIdentity.use);
  const [method, path = ""] = key.split(" ");

  test.each(NINE)(
    "refuses exactly what is not known to come from our own site: Sec-Fetch-Site $site, Origin $origin",
    async ({ site, origin }) => {
      const headers = {
        ...demoIdentity.headersOf("priya"),
        "sec-fetch-site": site,
        origin,
      };
      const { body } = await call(handlerOf(key), path, { method, headers, body: "{}" });
      // With neither header, nobody knows which page made the browser send its cookie.
      const isUnknown = site === undefined && origin === undefined;
      const isForeign = isUnknown || site === "cross-site" || origin === "https://evil.example";
      expect(body?.reason === "cross_origin").toBe(isForeign);
    },
  );
});
