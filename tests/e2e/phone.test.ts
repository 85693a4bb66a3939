import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { postAs } from "@/tests/support/browser/demo-sign-in";
import { Desk } from "@/tests/support/desk/desk";

const PHONE = { width: 360, height: 740 };
/** Smallest side of what a finger presses, in pixels. */
const TARGET = 44;
const PRIYA = "user_demo_priya";
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

const open = (name: string, path: string) => windowOf(browser, name, path, PHONE);

/** Fails if the page is wider than the phone. */
async function expectToFit(page: Page): Promise<void> {
  const width = await page.evaluate(() => document.scrollingElement?.scrollWidth);
  expect(width).toBeLessThanOrEqual(PHONE.width);
}

/** Fails if it is too small for a finger or partly outside of the window, and presses it otherwise. */
async function tap(target: Locator): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  const { x = -1, y = -1, width = 0, height = 0 } = box ?? {};
  expect([await target.innerText(), Math.round(Math.min(width, height)) >= TARGET]).toEqual([
    expect.anything(),
    true,
  ]);
  expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(PHONE.width);
  await target.click();
}

const button = (place: Page | Locator, name: string | RegExp) => place.getByRole("button", { name });

async function claimed(subject: string): Promise<string> {
  const id = await desk.receive({ subject });
  await postAs(PRIYA, "/api/emails/claim", { threadId: id });
  return id;
}

describe("on a phone", () => {
  test("tickets are selected, given away in a sheet and taken back again", async () => {
    const subjects = ["Mug with a crack", "Mug without a handle"];
    const ids = [await claimed("Mug with a crack"), await claimed("Mug without a handle")];
    const page = await open("Priya Nair", "/dashboard/tickets/mine");
    await tap(button(page, "Select"));
    await page.getByText("Choose tickets to act on them.").waitFor();
    for (const subject of subjects) await tap(page.getByRole("checkbox", { name: `Select ${subject}` }));
    await page.getByRole("group", { name: "Selection" }).getByText("2 selected").waitFor();
    await expectToFit(page);
    await tap(button(page.getByRole("group", { name: "Actions for the selection" }), "Assign…"));

    const sheet = page.getByRole("dialog", { name: "Assign 2 tickets to…" });
    await tap(sheet.getByRole("option", { name: /Tomás Rivera/ }));
    const box = await sheet.boundingBox();
    expect([box?.x, box?.width]).toEqual([0, PHONE.width]);
    expect(Math.round((box?.y ?? 0) + (box?.height ?? 0))).toBe(PHONE.height);
    await sheet.getByRole("textbox", { name: /^Note/ }).fill("From the same shop.");
    await expectToFit(page);
    await tap(button(sheet, "Assign 2"));
    await page.getByText("Gave 2 to Tomás.").waitFor();
    expect(await desk.assignees(ids)).toEqual([TOMAS, TOMAS]);
    await expectToFit(page);

    await tap(button(page, "Undo"));
    await page.getByText("Undone: 2 tickets are as they were.").waitFor();
    expect(await desk.assignees(ids)).toEqual([PRIYA, PRIYA]);
  });

  test("the selection ends with Done, and the navigation is back", async () => {
    await claimed("Mug that is too small");
    const page = await open("Priya Nair", "/dashboard/tickets/mine");
    await tap(button(page, "Select"));
    await tap(page.getByRole("checkbox", { name: "Select Mug that is too small" }));
    await tap(button(page.getByRole("group", { name: "Selection" }), /Done/));
    await page.getByRole("navigation", { name: "Tickets" }).getByRole("link", { name: /^Mine/ }).waitFor();
    expect(await page.getByRole("checkbox", { name: /^Select Mug/ }).count()).toBe(0);
    await button(page, "Select").waitFor();
  });

  test("a ticket is declined with a reason", async () => {
    const subject = "Mug with the wrong name, which is a long one: Wolfeschlegelsteinhausenbergerdorff";
    const id = await desk.receive({ subject });
    await postAs(TOMAS, "/api/emails/claim", { threadId: id });
    const body = { threadId: id, assignedTo: PRIYA, expectedAssignedTo: TOMAS, note: "Yours, I think." };
    await postAs(TOMAS, "/api/emails/reassign", body);
    const page = await open("Priya Nair", `/dashboard/tickets/${id}`);
    await expectToFit(page);
    await tap(button(page, "Decline…"));
    const sheet = page.getByRole("dialog", { name: /^Decline/ });
    await sheet.getByRole("textbox", { name: "Reason" }).fill("I know nothing of names.");
    await expectToFit(page);
    await tap(button(sheet, "Decline"));
    await page.getByText("You declined it. Tomás is told.").waitFor();
    await expectToFit(page);
    expect(await desk.thread(id)).toMatchObject({ assignedTo: null, attention: { kind: "declined" } });
  });

  test("an admin is asked before all tickets of a member are released", async () => {
    const id = await claimed("Mug that nobody ordered");
    const page = await open("Maya Lindqvist", "/dashboard/team");
    await expectToFit(page);
    await tap(button(page, "Actions for Priya Nair"));
    await tap(page.getByRole("menuitem", { name: /^Release / }));
    const dialog = page.getByRole("dialog", { name: /of Priya\?$/ });
    await expectToFit(page);
    await tap(button(dialog, "Cancel"));
    await dialog.waitFor({ state: "detached" });
    expect((await desk.thread(id)).assignedTo).toBe(PRIYA);
  });

  test("a rule of the team is changed and put back before it is saved", async () => {
    const page = await open("Maya Lindqvist", "/dashboard/settings");
    const choice = page.getByText("Every member", { exact: true });
    await tap(choice);
    await page.getByText("1 change is not saved").waitFor();
    await expectToFit(page);
    await tap(button(page, "Discard"));
    await page.getByText("1 change is not saved").waitFor({ state: "detached" });
    expect(await page.getByRole("radio", { name: "Only admins" }).isChecked()).toBe(true);
  });
});
