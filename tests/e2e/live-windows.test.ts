import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser, windowOf, visit } from "@/tests/support/browser/browser";
import { demoCookie } from "@/tests/support/browser/demo-sign-in";
import { Desk } from "@/tests/support/desk/desk";

const { url } = inject("app");
let browser: Browser;
let desk: Desk;

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

/** `count` windows of one browser in which `name` is signed in, all on Unassigned. */
async function windowsOf(name: string, count: number): Promise<Page[]> {
  const first = await windowOf(browser, name);
  const others = Array.from({ length: count - 1 }, async () => {
    const page = await first.context().newPage();
    await visit(page, "/dashboard/tickets/unassigned");
    return page;
  });
  return [first, ...(await Promise.all(others))];
}

/** The streams of `pages` that are open, and the answers that refused one, from now on. */
function streamsOf(pages: Page[]) {
  const open = new Map<object, Page>();
  const refused: number[] = [];
  for (const page of pages) {
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/api/live") open.set(request, page);
    });
    page.on("response", (response) => {
      if (open.has(response.request()) && !response.ok()) refused.push(response.status());
    });
    for (const end of ["requestfinished", "requestfailed"] as const)
      page.on(end as "requestfinished", (request) => void open.delete(request));
    page.on("close", () => {
      for (const [request, owner] of open) if (owner === page) open.delete(request);
    });
  }
  return { open: () => [...open.values()], refused };
}

function readsOf(pages: Page[]): string[] {
  const reads: string[] = [];
  for (const page of pages)
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/api/emails/tickets")) reads.push(`${pages.indexOf(page)} ${pathname}`);
    });
  return reads;
}

let made = 0;
/** A new mail, which all windows show by the stream alone. */
async function allShowNews(pages: Page[], reads: string[]): Promise<void> {
  made += 1;
  const subject = `News of the windows ${made}`;
  await desk.receive({ subject });
  for (const page of pages) await page.getByRole("link", { name: subject }).waitFor();
  expect(reads).toEqual([]);
}

/** Makes the page believe that it is hidden, or visible again: headless pages are always visible. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "visibilityState", {
      value: hidden ? "hidden" : "visible",
      configurable: true,
    });
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

describe("eleven windows of one member in one browser", () => {
  test("are all live by one stream, which another window takes over when its own is hidden or closed", async () => {
    const [first, ...others] = await windowsOf("Priya Nair", 11);
    if (!first) throw new Error("no window");
    const all = [first, ...others];
    await Promise.all(all.map((page) => page.waitForLoadState("load")));
    const streams = streamsOf(all);
    for (const page of all) await page.reload();
    await expect.poll(() => streams.open().length).toBe(1);
    const reads = readsOf(all);
    await allShowNews(all, reads);
    expect(streams.open()).toHaveLength(1);

    const [hidden] = streams.open();
    if (!hidden) throw new Error("no leader");
    await hide(hidden, true);
    const visible = all.filter((page) => page !== hidden);
    await expect.poll(() => streams.open().filter((page) => page !== hidden).length).toBe(1);
    await allShowNews(visible, reads);

    const [closed] = streams.open();
    await closed?.close();
    const left = visible.filter((page) => page !== closed);
    await expect.poll(() => streams.open().length).toBe(1);
    await allShowNews(left, reads);

    await hide(hidden, false);
    await allShowNews([...left, hidden], reads);
    expect(streams.open()).toHaveLength(1);
    expect(streams.refused).toEqual([]);
    await first.context().close();
  });

  test("all say that the member has signed out", async () => {
    const pages = await windowsOf("Tomás Rivera", 3);
    const reads = readsOf(pages);
    await allShowNews(pages, reads);
    const cookies = await pages[0]?.context().cookies();
    await fetch(`${url}/api/demo/sign-out`, {
      method: "POST",
      redirect: "manual",
      headers: {
        cookie: (cookies ?? []).map(({ name, value }) => `${name}=${value}`).join("; "),
        origin: url,
      },
    });
    for (const page of pages) await page.getByText("You were signed out.").waitFor();
    await pages[0]?.context().close();
  });
});

describe("a window beside a leader that does nothing", () => {
  test("takes the lead after 25 seconds without a word", async () => {
    const page = await windowOf(browser, "Maya Lindqvist", "/dashboard/mail");
    const frozen = await page.context().newPage();
    await frozen.goto("/api/health/live");
    await page.goto("/api/health/live");
    await frozen.evaluate(() => {
      void navigator.locks.request("claimdesk.live.user_demo_maya", () => new Promise(() => {}));
    });
    await page.clock.install();
    const streams = streamsOf([page]);
    await visit(page, "/dashboard/tickets/unassigned");
    await page.getByRole("heading", { name: "Unassigned" }).waitFor();
    await page.clock.runFor(6_000);
    await page.getByText("Reconnecting, may be old").first().waitFor();
    expect(streams.open()).toEqual([]);
    await page.clock.runFor(20_000);
    await expect.poll(() => streams.open().length).toBe(1);
    await page.getByText("Live", { exact: true }).first().waitFor();
    await page.context().close();
  });
});

describe("windows without the browser's locks, as on a plain address of a local network", () => {
  test("have a stream each", async () => {
    const first = await windowOf(browser, "Priya Nair", "/dashboard/mail");
    await first.context().addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });
      Reflect.deleteProperty(Navigator.prototype, "locks");
    });
    const second = await first.context().newPage();
    const streams = streamsOf([first, second]);
    for (const page of [first, second]) await visit(page, "/dashboard/tickets/unassigned");
    await expect.poll(() => streams.open().length).toBe(2);
    await allShowNews([first, second], readsOf([first, second]));
    await first.context().close();
  });
});

describe("the ages of a window whose clock is wrong", () => {
  test.each([
    ["ahead", 3],
    ["behind", -3],
  ])("follow the server's time if it is three hours %s", async (_, hours) => {
    const subject = `Is my clock wrong by ${hours}`;
    const id = await desk.receive({ subject });
    const warnings: string[] = [];
    const first = await windowOf(browser, "Priya Nair", "/dashboard/mail");
    const page = await first.context().newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) warnings.push(message.text());
    });
    await page.clock.install({ time: Date.now() + hours * 3_600_000 });
    await visit(page, "/dashboard/tickets/unassigned");
    const row = page.getByRole("listitem").filter({ hasText: subject });
    await row.waitFor();
    expect(await row.locator("time").first().innerText()).toBe("now");
    await allShowNews([page], []);
    expect(await row.locator("time").first().innerText()).toBe("now");

    const response = await fetch(`${url}/api/emails/claim`, {
      method: "POST",
      headers: {
        cookie: await demoCookie("user_demo_tomas"),
        "content-type": "application/json",
        origin: url,
      },
      body: JSON.stringify({ threadId: id }),
    });
    expect(response.status).toBe(200);
    await page.getByText(/Tomás claimed this (just now|\d seconds? ago)/).waitFor();
    expect(warnings).toEqual([]);
    await first.context().close();
  });
});
