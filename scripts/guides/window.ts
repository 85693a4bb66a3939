import { chromium, type Browser, type Locator, type Page } from "playwright-core";
import { ensureChromium } from "@/scripts/chromium.mjs";
import { PHONE, WIDE } from "./pictures";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
/** Longest wait for anything on a page, in milliseconds; a machine that builds something else is slow. */
const PATIENCE_MS = 120_000;

export function openBrowser(report: (step: string) => void): Promise<Browser> {
  return chromium.launch({ executablePath: ensureChromium(report), headless: true, args: FLAGS });
}

export type Place = "unassigned" | "mine" | "all" | "team" | "settings";
const PATHS: Record<Place, string> = {
  unassigned: "/dashboard/tickets/unassigned",
  mine: "/dashboard/tickets/mine",
  all: "/dashboard/tickets",
  team: "/dashboard/team",
  settings: "/dashboard/settings",
};

/** The window of one person of the demo, with what that person would press. */
export class DeskWindow {
  private constructor(
    readonly page: Page,
    private readonly size: "wide" | "phone",
  ) {}

  /** Opens a window in which `name` signs in. Language, time zone and theme are the same on every machine. */
  static async open(browser: Browser, url: string, name: string, size: "wide" | "phone" = "wide") {
    const context = await browser.newContext({
      baseURL: url,
      viewport: size === "wide" ? WIDE : PHONE,
      ...{ locale: "en-GB", timezoneId: "UTC", colorScheme: "light", reducedMotion: "reduce" },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto("/sign-in");
    await page.getByRole("button", { name: new RegExp(name) }).click();
    await page.waitForURL("**/dashboard/**");
    return new DeskWindow(page, size);
  }

  async visit(place: Place): Promise<void> {
    await this.goto(PATHS[place]);
  }

  /** Waits until all that the server streamed stands in its place, and changes by others appear. */
  async goto(path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.waitForFunction(() => !document.querySelector("body > div[hidden][id^='S:']"));
    // A phone has the sign on the lists alone.
    if (this.size === "wide") await this.sees(this.page.getByText("Live", { exact: true }));
    await this.restPointer();
  }

  row(subject: string): Locator {
    return this.page.locator("li[data-ticket]").filter({ hasText: subject });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name }).locator("visible=true");
  }

  async sees(what: Locator | string): Promise<void> {
    const shown = typeof what === "string" ? this.page.getByText(what) : what;
    await shown.locator("visible=true").first().waitFor();
  }

  async claim(subject: string): Promise<void> {
    await this.button(`Claim ${subject}`).click();
    await this.sees(this.row(subject).getByText("Yours"));
    await this.restPointer();
  }

  async openTicket(subject: string): Promise<void> {
    await this.visit("all");
    const address = await this.row(subject).locator("[data-act=open]").getAttribute("href");
    await this.goto(address ?? "");
    await this.page.getByRole("heading", { name: subject }).waitFor();
  }

  async setStatus(subject: string, status: string): Promise<void> {
    await this.openTicket(subject);
    await this.button(/^Status: /).click();
    await this.page.getByRole("menuitemradio", { name: status }).click();
    await this.sees(this.button(`Status: ${status}`));
  }

  /** The pointer aims at nothing: a list below it keeps still, and a button below it looks pressed. */
  async restPointer(): Promise<void> {
    await this.page.mouse.move(1, 1);
  }
}
