import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { demoCookie } from "@/tests/support/browser/demo-sign-in";
import { Desk } from "@/tests/support/desk/desk";
import { readEvents } from "@/tests/support/network/live-events";
import { bearer, startTeamApp, teamEnvironment } from "@/tests/support/desk/team-app";

const { url, mongodbUri } = inject("app");
let browser: Browser;
let desk: Desk;

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

async function listen(headers: Record<string, string>, at = url) {
  const response = await fetch(`${at}/api/live`, { headers: { "accept-encoding": "gzip, br", ...headers } });
  if (!response.body) throw new Error("no body");
  return { response, events: readEvents(response.body) };
}

const claim = (threadId: string, cookie: string) =>
  fetch(`${url}/api/emails/claim`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json", origin: url },
    body: JSON.stringify({ threadId }),
  });

describe("the live stream of the built app", () => {
  test("delivers each event at once, and ends when the member signs out", async () => {
    const cookie = await demoCookie("user_demo_tomas");
    const id = await desk.receive({ subject: "The parcel came empty" });
    const { response, events } = await listen({ cookie });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(await events.next()).toEqual({ name: "hello", data: {} });

    expect((await claim(id, await demoCookie("user_demo_priya"))).status).toBe(200);
    const told = await events.next();
    expect(told).toMatchObject({ name: "changed", data: { tickets: expect.arrayContaining([id]) } });

    await fetch(`${url}/api/demo/sign-out`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie, origin: url },
    });
    for (let event = await events.next(); event; event = await events.next());
    expect((await listen({ cookie })).response.status).toBe(401);
  });

  test("does not delay the end of the process", async () => {
    const app = await startTeamApp(teamEnvironment({ MONGODB_URI: mongodbUri }));
    const { events } = await listen({ authorization: bearer("lena") }, app.url);
    expect(await events.next()).toEqual({ name: "hello", data: {} });
    await app.stop();
    expect(app.process.exitCode).toBe(0);
    for (let event = await events.next(); event; event = await events.next());
  });
});

describe("an open page", () => {
  test("shows a change by somebody else, and reads the lists when told and not by the clock", async () => {
    const subject = "Where is my refund";
    const id = await desk.receive({ subject });
    const page = await windowOf(browser, "Priya Nair");
    const row = page.getByRole("button", { name: `Claim ${subject}` });
    await row.waitFor();
    await desk.atRest();

    // From here on only the test moves the page's clock.
    await page.clock.install();
    const isList = (address: string) => new URL(address).pathname === "/api/emails/tickets/unassigned";
    const told = page.waitForResponse((response) => isList(response.url()));
    await page.reload();
    await row.waitFor();
    await page.clock.runFor(2_000); // the stream is open; everything is read once more
    await told;

    let reads = 0;
    page.on("request", (request) => void (reads += isList(request.url()) ? 1 : 0));
    await page.clock.runFor(9_000); // six polls, without the stream
    expect(reads).toBe(0);

    await claim(id, await demoCookie("user_demo_maya"));
    await expect
      .poll(async () => {
        await page.clock.runFor(200);
        return row.count();
      })
      .toBe(0);
    expect(reads).toBeLessThanOrEqual(2); // the claim, and the card that shows it
  });

  test("polls if the stream is refused, and still shows the change", async () => {
    const subject = "Cannot reset the password";
    const id = await desk.receive({ subject });
    const page = await windowOf(browser, "Tomás Rivera");
    await page.route("**/api/live", (route) =>
      route.fulfill({ status: 429, headers: { "retry-after": "60" }, json: { reason: "too_many_requests" } }),
    );
    await page.reload();
    const row = page.getByRole("button", { name: `Claim ${subject}` });
    await row.waitFor();
    await claim(id, await demoCookie("user_demo_maya"));
    await row.waitFor({ state: "detached" });
    expect(await page.getByText("Live", { exact: true }).count()).toBeGreaterThan(0);
  });
});
