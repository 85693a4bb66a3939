import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, visit, windowOf } from "@/tests/support/browser/browser";
import { postAs } from "@/tests/support/browser/demo-sign-in";
import { Desk } from "@/tests/support/desk/desk";

const PHONE = { width: 360, height: 740 };
const TOMAS = "user_demo_tomas";

let browser: Browser;
let desk: Desk;

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

const width = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);
const rowOf = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

describe("the team's page", () => {
  test("tells who is here, and a cancelled question gives the focus back to the menu that asked", async () => {
    for (const subject of ["The invoice names our old office", "Two seats too many"])
      await postAs(TOMAS, "/api/emails/claim", { threadId: await desk.receive({ subject }) });
    const page = await windowOf(browser, "Maya Lindqvist", "/dashboard/team");
    await rowOf(page, "maya@claimdesk.example").getByText("Here now").waitFor();
    await rowOf(page, "Tomás Rivera")
      .getByRole("link", { name: /^Tomás Rivera’s \d+ tickets$/ })
      .waitFor();

    const menu = page.getByRole("button", { name: "Actions for Tomás Rivera" });
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^Release all \d+ tickets of Tomás\?$/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await menu.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test("fits on a phone, where the member's menu leads to it", async () => {
    const page = await windowOf(browser, "Maya Lindqvist", undefined, PHONE);
    await page
      .getByRole("button", { name: /^Menu of Maya/ })
      .last()
      .click();
    await page.getByRole("menuitem", { name: "Team" }).click();
    await rowOf(page, "Tomás Rivera").waitFor();
    expect(await width(page)).toBeLessThanOrEqual(PHONE.width);
    const box = await page.getByRole("button", { name: "Actions for Tomás Rivera" }).boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  });

  test("shows a member the same team, and offers them no acts", async () => {
    const page = await windowOf(browser, "Priya Nair", "/dashboard/team");
    await rowOf(page, "Tomás Rivera").waitFor();
    expect(await page.getByRole("button", { name: /^Actions for/ }).count()).toBe(0);
  });
});

describe("the settings", () => {
  test("fit on a phone, and keep the bar that saves in view", async () => {
    const page = await windowOf(browser, "Maya Lindqvist", "/dashboard/settings", PHONE);
    await page.getByRole("radio", { name: "Every member" }).check();
    const save = page.getByRole("button", { name: "Save" });
    await save.waitFor();
    const box = await save.boundingBox();
    expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(PHONE.height);
    expect(await width(page)).toBeLessThanOrEqual(PHONE.width);
    await page.getByRole("button", { name: "Discard" }).click();
    await save.waitFor({ state: "detached" });
  });

  test.each(["/dashboard/settings", "/dashboard/privacy", "/dashboard/dead-letters"])(
    "a member who opens %s reads that only admins may, and whom to ask",
    async (path) => {
      const page = await windowOf(browser, "Priya Nair");
      await visit(page, path);
      await page.getByRole("heading", { name: "Only admins may open this page" }).waitFor();
      await page.getByText("Ask Maya Lindqvist.").waitFor();
      await page.getByRole("navigation", { name: "Desk" }).getByRole("link", { name: "Team" }).waitFor();
    },
  );
});
