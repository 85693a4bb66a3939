import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect, inject } from "vitest";
import { ensureChromium } from "@/scripts/chromium.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser. With `hosts` it resolves these names to ports of this machine, and no other name. */
export function openBrowser(hosts?: Record<string, number>): Promise<Browser> {
  const rules = Object.entries(hosts ?? {}).map(([name, port]) => `MAP ${name}:443 127.0.0.1:${port}`);
  const resolving = hosts ? [`--host-resolver-rules=${[...rules, "MAP * ~NOTFOUND"].join(", ")}`] : [];
  return chromium.launch({
    executablePath: ensureChromium(),
    headless: true,
    args: [...FLAGS, ...resolving],
  });
}

/** Opens a window of the shared app, or of that at `url`, at `path`, in which `name` signed in by a click. */
export async function windowOf(
  browser: Browser,
  name: string,
  path = "/dashboard/tickets/unassigned",
  viewport = { width: 1280, height: 800 },
  url = inject("app").url,
): Promise<Page> {
  const context = await browser.newContext({ viewport, baseURL: url, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByRole("button", { name: new RegExp(name) }).click();
  await page.waitForURL((address) => address.pathname === path.split("?")[0]);
  await isWhole(page);
  return page;
}

/** Opens `path` in `page`, and waits until all that the server streamed stands in its place. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await isWhole(page);
}

/**
 * React keeps a streamed part of a page hidden at its end until it is put in its place; meanwhile a text may be there twice.
 */
async function isWhole(page: Page): Promise<void> {
  const waiting = page.locator("body > div[hidden][id^='S:']");
  await expect.poll(() => waiting.count(), { timeout: 20_000 }).toBe(0);
}

/**
 * Collects the complaints of the pages of `context`, from their next load on: each violation of their policy, errors and
 * warnings of the console, and uncaught errors.
 */
export async function complaintsOf(context: BrowserContext): Promise<string[]> {
  const complaints: string[] = [];
  await context.exposeFunction("report", (violation: string) => void complaints.push(violation));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      const report = Reflect.get(globalThis, "report") as (violation: string) => void;
      report(`${effectiveDirective} refused ${blockedURI}`);
    });
  });
  context.on("console", (message) => {
    // A hint about time alone: it comes on a slow machine.
    if (/was preloaded using link preload but not used/.test(message.text())) return;
    if (!["error", "warning"].includes(message.type())) return;
    const isRefusal = message.text().startsWith("Failed to load resource");
    complaints.push(isRefusal ? `${message.text()} ${message.location().url}` : message.text());
  });
  context.on("weberror", (error) => void complaints.push(String(error.error())));
  return complaints;
}
