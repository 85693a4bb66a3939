import type { Page } from "playwright-core";
import { expect } from "vitest";

type Role = Parameters<Page["getByRole"]>[0];
/** No page has that many things between two that a test goes to. */
const PRESSES_MAX = 150;

/** Somebody at the keyboard of a page. Fails as soon as a key leaves the focus nowhere. */
export class Keyboard {
  constructor(private readonly page: Page) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await this.isSomewhere(`after ${key}`);
    }
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** The focus is on something that can be seen, and not lost to the page as a whole. */
  async isSomewhere(when = "now"): Promise<void> {
    const isLost = () =>
      this.page.evaluate(() => (document.activeElement ?? document.body) === document.body);
    await expect.poll(isLost, { message: `The focus is nowhere ${when}.`, timeout: 2_000 }).toBe(false);
  }

  async isIn(role: Role, name: string | RegExp): Promise<void> {
    const place = this.page.getByRole(role, { name, exact: typeof name === "string" });
    await expect.poll(() => place.evaluate((element) => element === document.activeElement)).toBe(true);
  }

  /** Moves into the list with J, as soon as the page answers to keys. */
  async enterList(): Promise<void> {
    const rows = this.page.locator("[data-act=open]");
    const isInside = async () => {
      await this.page.keyboard.press("j");
      return rows.evaluateAll((links) => links.some((link) => link === document.activeElement));
    };
    await rows.first().waitFor();
    await expect.poll(isInside, { timeout: 15_000 }).toBe(true);
  }

  /** Moves to the row of a ticket with J or K. */
  async moveTo(subject: string): Promise<void> {
    const rows = this.page.locator("[data-act=open]");
    await this.page.getByRole("link", { name: subject, exact: true }).waitFor();
    await this.enterList();
    const subjects = await rows.allInnerTexts();
    const at = await rows.evaluateAll((links) => links.findIndex((link) => link === document.activeElement));
    const step = subjects.indexOf(subject) - at;
    for (let left = Math.abs(step); left > 0; left -= 1) await this.press(step > 0 ? "j" : "k");
    await this.isIn("link", subject);
  }

  /** Moves with Tab, or with `key`, to a button. */
  async tabTo(name: string | RegExp, key = "Tab"): Promise<void> {
    const button = this.page.getByRole("button", { name, exact: typeof name === "string" }).first();
    await button.waitFor();
    const isThere = () => button.evaluate((element) => element === document.activeElement);
    for (let left = PRESSES_MAX; left > 0 && !(await isThere()); left -= 1)
      await this.page.keyboard.press(key);
    expect(await isThere()).toBe(true);
  }

  /** Chooses with the arrow keys in the list below the field that has the focus. */
  async chooseOption(name: RegExp): Promise<void> {
    const option = this.page.getByRole("option", { name });
    await option.waitFor();
    const isChosen = async () => (await option.getAttribute("aria-selected")) === "true";
    for (let left = PRESSES_MAX; left > 0 && !(await isChosen()); left -= 1) await this.press("ArrowDown");
  }
}
