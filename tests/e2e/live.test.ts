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
    expect(await events.next()).toMatchObject({ name: "hello" });

    expect((await claim(id, await demoCookie("user_demo_priya"))).status).toBe(200);
    for (;;) {
      const { rows } = await events.nextOf("rows");
      const row = rows.find(({ ticket }) => ticket._id === id && ticket.assignedTo !== null);
      if (!row) continue; // its card
      expect(row.ticket.assignedToName).toBe("Priya Nair");
      expect(row.lines.at(-1)).toMatchObject({ kind: "claimed", by: { id: "user_demo_priya" } });
      break;
    }

    await fetch(`${url}/api/demo/sign-out`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie, origin: url },
    });
    await events.rest();
    expect((await listen({ cookie })).response.status).toBe(401);
  });

  test("does not delay the end of the process", async () => {
    const app = await startTeamApp(teamEnvironment({ MONGODB_URI: mongodbUri }));
    const { events } = await listen({ authorization: bearer("lena") }, app.url);
    expect(await events.next()).toMatchObject({ name: "hello" });
    await app.stop();
    expect(app.process.exitCode).toBe(0);
    await events.rest();
  });
});

describe("an open page", () => {
  test("says that it is reconnecting after its stream broke off, and brings what it missed", async () => {
    const [kept, missed] = ["Where is my refund", "And where is my parcel"];
    await desk.receive({ subject: kept });
    const page = await windowOf(browser, "Priya Nair");
    await page.getByRole("button", { name: `Claim ${kept}` }).waitFor();
    await page.clock.install();
    // The stream is open.
    const opened = page.waitForRequest("**/api/live*");
    await page.reload();
    await opened;
    await page.getByRole("button", { name: `Claim ${kept}` }).waitFor();

    await page.route("**/api/**", (route) => route.abort());
    await page.clock.runFor(26_000);
    await page.getByText("Reconnecting, may be old").first().waitFor();
    await desk.receive({ subject: missed });
    await page.unroute("**/api/**");
    await page.clock.runFor(120_000);
    await page.getByRole("button", { name: `Claim ${missed}` }).waitFor();
    await page.getByText("Live", { exact: true }).first().waitFor();
  });

  test("polls if the stream is refused, and still shows the change", async () => {
    const subject = "Cannot reset the password";
    const id = await desk.receive({ subject });
    const page = await windowOf(browser, "Tomás Rivera");
    await page.route("**/api/live*", (route) =>
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
