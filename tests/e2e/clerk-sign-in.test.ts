import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { complaintsOf, openBrowser } from "@/tests/support/browser/browser";
import { certificateFor } from "@/tests/support/network/certificate";
import { PASSWORD, startClerkFrontend } from "@/tests/support/clerk/clerk-frontend";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";
import { databaseUri } from "@/tests/support/database/database-uri";
import {
  createIndexesIn,
  startTeamApp,
  teamEnvironment,
  type AppProcess,
} from "@/tests/support/desk/team-app";
import { startTlsFront } from "@/tests/support/network/tls-front";

const SITE = "https://desk.test";
const [DESK, CLERK, PICTURES] = ["desk.test", "clerk.desk.test", "img.clerk.com"] as const;
const PRIYA = { id: "user_priya", email: "priya@team.example", firstName: "Priya", lastName: "Nair" };
const STRANGER = { id: "user_sam", email: "sam@elsewhere.example", firstName: "Sam", lastName: "Sly" };

let app: AppProcess;
let clerk: Awaited<ReturnType<typeof startClerkFrontend>>;
let front: Awaited<ReturnType<typeof startTlsFront>>;
let browser: Browser;

// The built app as in production: behind a proxy that ends TLS, with Clerk's own scripts from Clerk's host.
beforeAll(async () => {
  const certificate = await certificateFor(DESK, CLERK, PICTURES);
  clerk = await startClerkFrontend(certificate, SITE, [PRIYA, STRANGER]);
  const env = teamEnvironment({ MONGODB_URI: databaseUri("clerk_sign_in"), APP_URL: SITE });
  await createIndexesIn(env);
  app = await startTeamApp(env);
  front = await startTlsFront(certificate, app.url);
  browser = await openBrowser({ [DESK]: front.port, [CLERK]: clerk.port, [PICTURES]: clerk.port });
});

afterAll(async () => {
  await browser.close();
  await front.close();
  await clerk.close();
  await app.stop();
});

type Window = { context: BrowserContext; page: Page; complaints: string[]; hosts: Set<string> };

/** Opens a window that records every complaint of its policy and console, and every host it asks. */
async function openWindow(): Promise<Window> {
  const context = await browser.newContext({
    baseURL: SITE,
    ignoreHTTPSErrors: true,
    reducedMotion: "reduce",
  });
  const complaints = await complaintsOf(context);
  const hosts = new Set<string>();
  context.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "blob:" && protocol !== "data:") hosts.add(host);
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return { context, page, complaints, hosts };
}

/** With or without the address to come back to. */
const isSignIn = ({ pathname }: URL) => pathname === "/sign-in";

async function enter(page: Page, label: "Email address" | "Password", text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
}

async function signIn(page: Page, { email }: { email: string }): Promise<void> {
  await page.goto("/dashboard/tickets");
  await enter(page, "Email address", email);
  await enter(page, "Password", PASSWORD);
}

const statusOfTeam = (page: Page) => page.evaluate(async () => (await fetch("/api/team")).status);

test("Clerk's own sign-in and sign-out work under the shipped policy, which refuses nothing", async () => {
  const { context, page, complaints, hosts } = await openWindow();
  await page.goto("/dashboard/tickets");
  await page.waitForURL(isSignIn);
  expect(await statusOfTeam(page)).toBe(401);

  await page.getByRole("button", { name: "Continue with Google" }).waitFor();
  await enter(page, "Email address", PRIYA.email);
  await enter(page, "Password", "not the password");
  await page.getByText("Password is incorrect. Try again.").first().waitFor();
  await enter(page, "Password", PASSWORD);

  await page.waitForURL("**/dashboard/tickets");
  await page.getByRole("heading", { name: "All" }).waitFor();
  expect(await statusOfTeam(page)).toBe(200);
  for (const place of ["Unassigned", "Mine", "Mail"]) {
    await page.getByRole("navigation").getByRole("link", { name: place }).first().click();
    await page.getByRole("heading", { level: 1, name: place }).waitFor();
  }
  await page.getByRole("button", { name: /^Menu of Priya Nair/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  const cookies = await context.cookies(SITE);
  expect(cookies.map(({ name }) => name)).toEqual(expect.arrayContaining(["theme", "__session"]));
  expect(cookies.filter(({ secure, sameSite }) => !secure || sameSite !== "Lax")).toEqual([]);
  await page.getByRole("menuitem", { name: "Sign out" }).click();

  await page.waitForURL("**/sign-in");
  await page.getByLabel("Email address", { exact: true }).waitFor();
  expect(await statusOfTeam(page)).toBe(401);
  await page.goto("/dashboard/tickets");
  await page.waitForURL(isSignIn);

  // Expected refusals: two requests without a session, the wrong password, and perhaps the token of the ended session.
  const expected = /status of (401|422)|status of 404 .*\/v1\/client\/sessions\//;
  const refused = complaints.filter((complaint) => !expected.test(complaint));
  expect(refused).toEqual([]);
  expect([...hosts].sort()).toEqual([CLERK, DESK, PICTURES].sort());
  await context.close();
});

test("a violation of the policy on Clerk's pages is noticed", async () => {
  const { context, page, complaints } = await openWindow();
  await page.goto("/sign-in");
  await page.getByLabel("Email address", { exact: true }).waitFor();
  expect(complaints).toEqual([]);
  await page.evaluate(() => {
    document.documentElement.append(Object.assign(new Image(), { src: "https://tracker.example/pixel.png" }));
  });
  await expect
    .poll(() => complaints)
    .toContainEqual(expect.stringMatching(/^img-src refused https:\/\/tracker/));
  await context.close();
});

test("a session with an expired token goes on without a new sign-in, until Clerk ends it", async () => {
  const { context, page, complaints } = await openWindow();
  await signIn(page, PRIYA);
  await page.waitForURL("**/dashboard/tickets");
  await page.getByRole("heading", { name: "All" }).waitFor();

  const expire = async () => {
    await page.goto("about:blank"); // so that Clerk's script does not renew it
    const past = Math.floor(Date.now() / 1_000) - 600;
    const times = { iat: past, nbf: past, exp: past + 60 };
    const cookies = await context.cookies(SITE);
    const tokens = cookies.filter(({ name }) => /^__session/.test(name));
    expect(tokens).not.toEqual([]);
    await context.addCookies(
      tokens.map((cookie) => ({
        ...cookie,
        value: sessionToken({ azp: SITE, sub: PRIYA.id, email: PRIYA.email, ...times }),
      })),
    );
  };
  const handshakes = () => clerk.routes.filter((route) => route === "GET /v1/client/handshake").length;

  await expire();
  const before = handshakes();
  await page.goto("/dashboard/tickets");
  expect(new URL(page.url()).pathname).toBe("/dashboard/tickets");
  await page.getByRole("heading", { name: "All" }).waitFor();
  expect(handshakes()).toBe(before + 1);

  await expire();
  clerk.endSessions();
  await page.goto("/dashboard/tickets");
  await page.waitForURL(isSignIn);
  await page.getByLabel("Email address", { exact: true }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("a person with an account at Clerk who is not on the team sees the page for that, and can sign out", async () => {
  const { context, page, complaints } = await openWindow();
  await signIn(page, STRANGER);
  await page.getByRole("heading", { name: "You’re not on this team" }).waitFor();
  await page.getByText(`You’re signed in as ${STRANGER.email}`).waitFor();
  expect(await statusOfTeam(page)).toBe(403);
  await page.goto("/dashboard/tickets");
  expect(new URL(page.url()).pathname).toBe("/not-on-team");
  await page.getByRole("button", { name: "Sign in as somebody else" }).click();
  await page.getByLabel("Email address", { exact: true }).waitFor();
  expect(await statusOfTeam(page)).toBe(401);
  expect(complaints.filter((complaint) => !/status of (401|403)/.test(complaint))).toEqual([]);
  await context.close();
});
