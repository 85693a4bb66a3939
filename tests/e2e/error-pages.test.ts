import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaintsOf, openBrowser } from "@/tests/support/browser/browser";
import { startClerkApi } from "@/tests/support/clerk/clerk-api";
import { sessionToken, type Claims } from "@/tests/support/clerk/clerk-tokens";
import { expectClosed, noncesMissingIn } from "@/tests/support/network/headers";
import { startTeamApp, teamEnvironment, type AppProcess } from "@/tests/support/desk/team-app";

const ID = "0".repeat(24);

let app: AppProcess;
let clerk: Awaited<ReturnType<typeof startClerkApi>>;
let browser: Browser;

// A desk whose database is away, and which can't ask Clerk either.
beforeAll(async () => {
  clerk = await startClerkApi();
  clerk.state.away = true;
  const mongodbUri = "mongodb://127.0.0.1:1/desk?replicaSet=rs0";
  app = await startTeamApp(
    teamEnvironment({ MONGODB_URI: mongodbUri, CLERK_API_URL: clerk.url, LOG_LEVEL: "silent" }),
  );
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await app.stop();
  await clerk.close();
});

const tokenWith = (claims: Claims = {}) => `Bearer ${sessionToken({ azp: "http://desk.test", ...claims })}`;

const ask = (path: string, claims?: Claims, headers: Record<string, string> = {}) =>
  fetch(`${app.url}${path}`, {
    redirect: "manual",
    headers: { authorization: tokenWith(claims), ...headers },
  });

const PAGES = [
  ...["/dashboard", "/dashboard/tickets", "/dashboard/tickets/mine", "/dashboard/tickets/unassigned"],
  ...[`/dashboard/tickets/${ID}`, `/reply/${ID}`, "/dashboard/mail", "/not-on-team"],
];

// Each waits for a database that does not answer, so they wait at the same time.
describe.concurrent("a page that can't be made", () => {
  test("answers 500 with every header, and no script or style without its nonce", async () => {
    const answers = await Promise.all(PAGES.map(async (path) => [path, await ask(path)] as const));
    for (const [path, response] of answers) {
      expect(response.status, path).toBe(500);
      expectClosed(response);
      expect(response.headers.get("cache-control")).toContain("no-store");
      const html = await response.text();
      expect(noncesMissingIn(html, response), path).toEqual([]);
      expect(html, path).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|Mongo|Error:|at \w+ \(/);
    }
  });

  test("does so as well where Clerk is what can't be asked, and for a page that is gone to", async () => {
    const withoutAddress = { email: undefined };
    const opened = await ask("/dashboard/tickets", withoutAddress);
    const goneTo = await ask("/dashboard/tickets?_rsc", withoutAddress, { rsc: "1" });
    expect(opened.status).toBe(500);
    for (const response of [opened, goneTo]) {
      expectClosed(response);
      expect(await response.text()).not.toMatch(/IdentityUnavailable|could not be asked/);
    }
  });

  test("tells a person what is the matter, under a policy that refuses nothing", async () => {
    const context = await browser.newContext({
      baseURL: app.url,
      extraHTTPHeaders: { authorization: tokenWith() },
    });
    const complaints = await complaintsOf(context);
    const page = await context.newPage();
    await page.goto("/dashboard/tickets");
    await page.getByRole("alert").getByText("This page can’t be shown right now").waitFor();
    // The 500 itself, and React's word (441) that a part of the page failed at the server.
    expect(complaints.filter((complaint) => !/status of 500|React error #441/.test(complaint))).toEqual([]);
    await context.close();
  });
});

test("a page that isn't there carries every header, database or not", async () => {
  for (const path of ["/no/such/page", "/no-such-file.png", "/api/none", "/_next/static/none.js"]) {
    const response = await ask(path);
    expect(response.status, path).toBe(404);
    expectClosed(response);
    await response.body?.cancel();
  }
});
