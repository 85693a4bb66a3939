import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databaseUri } from "@/tests/support/database/database-uri";
import { certificateFor, type Certificate } from "@/tests/support/network/certificate";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";
import {
  createIndexesIn,
  startTeamApp,
  teamEnvironment,
  type AppProcess,
} from "@/tests/support/desk/team-app";
import { startTlsFront } from "@/tests/support/network/tls-front";

const SITE = "https://desk.test";
const CLERK = "https://clerk.desk.test";
const HSTS = "max-age=63072000; includeSubDomains";

let certificate: Certificate;
let app: AppProcess;
let front: Awaited<ReturnType<typeof startTlsFront>>;

beforeAll(async () => {
  certificate = await certificateFor("desk.test", "localhost");
  const env = teamEnvironment({ MONGODB_URI: databaseUri("over_tls"), APP_URL: SITE });
  await createIndexesIn(env);
  app = await startTeamApp(env);
  front = await startTlsFront(certificate, app.url);
});

afterAll(async () => {
  await front.close();
  await app.stop();
});

type Asked = { method?: string; headers?: Record<string, string>; body?: string; port?: number };
type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

/** Asks through the proxy and trusts its certificate alone. Sends the path as it is written. */
function ask(path: string, { method, headers, body, port = front.port }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({
      ...{ host: "127.0.0.1", port, servername: "desk.test", ca: certificate.cert, path, method },
      headers: { host: "desk.test", ...headers },
    });
    sent.on("response", (response) => {
      const { statusCode = 0, headers } = response;
      text(response).then((body) => resolve({ status: statusCode, headers, body }), reject);
    });
    sent.on("error", reject).end(body);
  });
}

const member = () => ({ authorization: `Bearer ${sessionToken({ azp: SITE })}` });

/** Headers of a browser that opens a page. */
const OPENED = { accept: "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" };

const PAGES: [path: string, status: number, asked?: () => Asked][] = [
  ["/sign-in", 200],
  ["/", 307],
  ["/dashboard/tickets", 307],
  ["/dashboard/tickets", 200, () => ({ headers: member() })],
  ["/dashboard", 307, () => ({ headers: member() })],
  ["/not-on-team", 307],
  ["/no/such/page", 404],
  ["/dashboard/tickets?_rsc=1", 307, () => ({ headers: { rsc: "1" } })],
];

const OTHERS: [path: string, status: number, asked?: () => Asked][] = [
  ["/api/emails/tickets", 401],
  ["/api/emails/tickets", 200, () => ({ headers: member() })],
  ["/api/health/live", 200],
  ["/api/emails/claim", 405],
  ["/icon.svg", 200],
  ["/_next/static/chunks/none.js", 404],
  ["/dashboard/tickets/", 308],
  ["/sign-in", 405, () => ({ method: "POST" })],
  ["/sign-in", 405, () => ({ method: "TRACE" })],
  ["/%E0%A4%A", 400],
];

describe("behind a proxy that ends TLS", () => {
  test.each([...PAGES, ...OTHERS])(
    "%s (%d) demands TLS for later visits, and redirects nowhere else",
    async (path, status, asked) => {
      const answer = await ask(path, asked?.());
      expect(answer.status).toBe(status);
      expect(answer.headers["strict-transport-security"]).toBe(HSTS);
      const location = answer.headers.location;
      if (location !== undefined) expect(new URL(location, SITE).origin).toBe(SITE);
      expect(location ?? "").not.toContain("localhost");
    },
  );

  test.each(PAGES)("%s (%d) loads nothing unencrypted", async (path, _, asked) => {
    const policy = (await ask(path, asked?.())).headers["content-security-policy"]?.toString() ?? "";
    expect(policy.split("; ")).toContain("upgrade-insecure-requests");
    expect(policy).not.toContain("http:");
  });

  test("a browser with an expired token is sent to Clerk and back by https alone", async () => {
    const past = Math.floor(Date.now() / 1_000) - 600;
    const expired = sessionToken({ azp: SITE, iss: CLERK, iat: past, nbf: past, exp: past + 60 });
    const cookie = `__session=${expired}; __client_uat=${past}`;
    const { status, headers } = await ask("/dashboard/tickets?status=open", {
      headers: { ...OPENED, cookie },
    });
    expect(status).toBe(307);
    const handshake = new URL(headers.location ?? "");
    expect(handshake.origin).toBe(CLERK);
    expect(handshake.searchParams.get("redirect_url")).toBe(`${SITE}/dashboard/tickets?status=open`);
    expect(headers["strict-transport-security"]).toBe(HSTS);
  });

  test("a change is accepted from the site's own pages, and refused from the same name without TLS", async () => {
    const claim = (origin: string) =>
      ask("/api/emails/claim", {
        method: "POST",
        headers: { ...member(), origin, "content-type": "application/json" },
        body: "{}",
      });
    expect((await claim(SITE)).status).toBe(400);
    expect((await claim("http://desk.test")).status).toBe(403);
  });
});

test("the demo's cookie travels encrypted only, if the desk's address is https", async () => {
  const env = { MONGODB_URI: databaseUri("over_tls_demo"), AUTH_MODE: "demo", APP_URL: "https://localhost" };
  await createIndexesIn(env);
  const demo = await startTeamApp(env);
  const demoFront = await startTlsFront(certificate, demo.url);
  try {
    const post = (path: string, body = "", cookie = "") =>
      ask(path, {
        ...{ method: "POST", body, port: demoFront.port },
        headers: {
          ...{ host: "localhost", origin: "https://localhost", cookie },
          "content-type": "application/x-www-form-urlencoded",
        },
      });
    const entered = await post("/api/demo/session", "member=user_demo_priya");
    const [cookie = ""] = entered.headers["set-cookie"] ?? [];
    const left = await post("/api/demo/sign-out", "", cookie.split(";")[0]);
    for (const { status, headers } of [entered, left]) {
      expect(status).toBe(303);
      expect(headers["strict-transport-security"]).toBe(HSTS);
      expect(headers["set-cookie"]?.[0]).toMatch(
        /^claimdesk_demo=.*; HttpOnly; SameSite=Lax; Secure; Max-Age=/,
      );
    }
  } finally {
    await demoFront.close();
    await demo.stop();
  }
});
