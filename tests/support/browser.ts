import { chromium, type Browser, type Page } from "playwright-core";
import { inject } from "vitest";
import { ensureChromium } from "../../scripts/chromium.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: ensureChromium(), headless: true, args: FLAGS });
}

/** A window of `name`'s own, signed in as a person does it, at `path`. */
export async function windowOf(
  browser: Browser,
  name: string,
  path = "/dashboard/tickets/unassigned",
  viewport = { width: 1280, height: 800 },
): Promise<Page> {
  const { url } = inject("app");
  const context = await browser.newContext({ viewport, baseURL: url, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByRole("button", { name: new RegExp(name) }).click();
  await page.waitForURL((address) => address.pathname === path.split("?")[0]);
  return page;
}
