import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { complaintsOf, openBrowser, windowOf } from "@/tests/support/browser/browser";
import { Desk } from "@/tests/support/desk/desk";

let browser: Browser;
let desk: Desk;
let ticket = "";

const HTML = [
  '<p style="color: rgb(200, 0, 0)">Formatted greeting</p>',
  '<img src="http://tracker.example/pixel.png" onerror="document.title=1"><script>document.title=2</script>',
].join("");

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

/** The ticket of the formatted mail, made by the first test that asks: waiting for it is a test's part. */
async function formattedTicket(): Promise<string> {
  ticket ||= await desk.receive({ subject: "A mail with a look of its own", html: HTML });
  return ticket;
}

/** Everything the browser complains about from the next page on: also requests of our own that failed. */
async function complaintsIn(page: Page): Promise<string[]> {
  const complaints = await complaintsOf(page.context());
  page.on("requestfailed", (request) => {
    // A list that is asked again, or a page left early, takes its own requests back.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(request.url());
  });
  return complaints;
}

describe.each([
  ["on a desk", { width: 1280, height: 800 }],
  ["on a phone", { width: 390, height: 844 }],
])("%s", (_, viewport) => {
  test("the browser refuses nothing on any page, and every page runs", async () => {
    const page = await windowOf(browser, "Priya Nair", "/dashboard/tickets/unassigned", viewport);
    const complaints = await complaintsIn(page);
    const id = await formattedTicket();
    const lists = ["/dashboard/tickets/unassigned", "/dashboard/tickets", "/dashboard/tickets/mine"];
    for (const path of [...lists, `/dashboard/tickets/${id}`, `/reply/${id}`, "/no/such/page", "/sign-in"]) {
      await page.goto(path, { waitUntil: "load" });
      await page.waitForFunction(() => document.body.innerText.length > 20);
    }
    expect(complaints.filter((complaint) => !complaint.includes("404 (Not Found)"))).toEqual([]);
    await page.context().close();
  });

  test("a formatted mail shows with its own styles, runs nothing and fetches nothing", async () => {
    const page = await windowOf(
      browser,
      "Priya Nair",
      `/dashboard/tickets/${await formattedTicket()}`,
      viewport,
    );
    const complaints = await complaintsIn(page);
    await page.reload();
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== inject("app").url) foreign.push(request.url());
    });
    await page.getByRole("button", { name: "Show formatted" }).first().click();
    const greeting = page.frameLocator("iframe").getByText("Formatted greeting");
    await greeting.waitFor();
    expect(await greeting.evaluate((element) => getComputedStyle(element).color)).toBe("rgb(200, 0, 0)");
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test("markup that got into a page does nothing, and does not go unnoticed", async () => {
  const page = await windowOf(browser, "Priya Nair");
  const refused = await page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const directives = new Set<string>();
        document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
          directives.add(effectiveDirective);
          const isAllSaid = directives.has("script-src-attr") && directives.has("style-src-attr");
          if (isAllSaid) resolve([...directives]);
        });
        // Beside the body, which React is perhaps still waking up.
        const markup =
          "<img src='/none.png' onerror=\"document.title = 'taken'\"><p style='color: red'>x</p>";
        const place = document.createElement("div");
        document.documentElement.append(place);
        place.innerHTML = markup;
      }),
  );
  expect(refused).toEqual(expect.arrayContaining(["script-src-attr", "style-src-attr"]));
  expect(await page.title()).not.toBe("taken");
  await page.context().close();
});
