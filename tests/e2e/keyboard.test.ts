import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { postAs } from "@/tests/support/browser/demo-sign-in";
import { Keyboard } from "@/tests/support/browser/keyboard";
import { beforeRequest } from "@/tests/support/browser/meet";
import { startDemoApp, type DemoApp } from "@/tests/support/desk/demo-app";

const MAYA = "user_demo_maya";
const PRIYA = "user_demo_priya";
const TOMAS = "user_demo_tomas";

let browser: Browser;
let app: DemoApp;

beforeAll(async () => {
  [browser, app] = [await openBrowser(), await startDemoApp("keyboard")];
});

afterAll(async () => {
  await browser.close();
  await app.stop();
});

async function open(name: string, path?: string): Promise<{ page: Page; keys: Keyboard }> {
  const page = await windowOf(browser, name, path, undefined, app.url);
  return { page, keys: new Keyboard(page) };
}

const MINE = "/dashboard/tickets/mine";
const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const gone = (page: Page, subject: string) =>
  page.getByRole("link", { name: subject, exact: true }).waitFor({ state: "detached" });
const numbered = (kind: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${kind} ${at + 1}`);

async function claimed(subject: string, holder: string): Promise<string> {
  const [id = ""] = await app.receiveMany([subject]);
  await postAs(holder, "/api/emails/claim", { threadId: id }, app.url);
  return id;
}

describe("with the keyboard alone", () => {
  test("a ticket is given away with a note, and Z takes it back", async () => {
    const ids = [await claimed("Lamp, first", MAYA), await claimed("Lamp, second", MAYA)];
    const { page, keys } = await open("Maya Lindqvist", MINE);
    await keys.moveTo("Lamp, first");
    await keys.press("a");
    await keys.isIn("combobox", "Assign to…");
    await keys.chooseOption(/Priya Nair/);
    await keys.press("Tab");
    await keys.isIn("textbox", "Note for Priya, if you like");
    await keys.type("Look at the shade.");
    await keys.press("Control+Enter");
    await says(page, "You gave “Lamp, first” to Priya.");
    expect(await app.desk.assignees(ids)).toEqual([PRIYA, MAYA]);
    await keys.press("z");
    await says(page, "“Lamp, first” is yours again.");
    expect(await app.desk.assignees(ids)).toEqual([MAYA, MAYA]);
    await keys.isSomewhere();

    await keys.moveTo("Lamp, second");
    await keys.press("a");
    await keys.type("pri");
    await keys.chooseOption(/Priya Nair/);
    await keys.press("Enter");
    await says(page, "You gave “Lamp, second” to Priya.");
    await gone(page, "Lamp, second");
    await keys.isSomewhere();
  });

  test("a ticket is opened, declined with a reason, and claimed by somebody else", async () => {
    const id = await claimed("Shade, torn", MAYA);
    const body = { threadId: id, assignedTo: PRIYA, expectedAssignedTo: MAYA };
    await postAs(MAYA, "/api/emails/reassign", body, app.url);
    const { page, keys } = await open("Priya Nair", MINE);
    await keys.moveTo("Shade, torn");
    await keys.press("Enter");
    await page.waitForURL(`**/dashboard/tickets/${id}`);
    await keys.tabTo("Decline…");
    await keys.press("Enter");
    await keys.isIn("textbox", "Reason");
    await keys.press("Escape");
    await keys.isIn("button", "Decline…");
    await keys.press("Enter");
    await keys.type("It is not mine.");
    await keys.press("Tab", "Tab");
    await keys.isIn("button", "Decline");
    await keys.press("Enter");
    await says(page, "You declined it. Maya is told.");
    await keys.isSomewhere();
    expect(await app.desk.thread(id)).toMatchObject({ assignedTo: null, attention: { kind: "declined" } });

    const tomas = await open("Tomás Rivera");
    await tomas.keys.moveTo("Shade, torn");
    await tomas.keys.press("c");
    await expect.poll(async () => (await app.desk.thread(id)).assignedTo).toBe(TOMAS);
    await app.receiveMany(["Shade, whole"]);
    await gone(tomas.page, "Shade, torn");
    await tomas.keys.isSomewhere();
  });

  test("rows are selected, claimed but for one that somebody else took, and given back with Z", async () => {
    const subjects = numbered("Bulb", 6);
    const ids = await app.receiveMany(subjects);
    const { page, keys } = await open("Maya Lindqvist");
    await keys.moveTo("Bulb 1");
    await keys.press("x", "j", "j", "j", "j", "Shift+X");
    await says(page, "5 selected");
    await keys.press("k", "x");
    await says(page, "4 selected");
    await keys.press("Escape");
    expect(await page.getByRole("group", { name: "Selection" }).count()).toBe(0);

    await keys.moveTo("Bulb 1");
    await keys.press("x", "j", "j", "j", "j", "Shift+X");
    await beforeRequest(page, "/api/emails/bulk", () =>
      postAs(PRIYA, "/api/emails/claim", { threadId: ids[1] }, app.url),
    );
    await keys.press("c");
    await says(page, "Claimed 4 of 5. One is Priya’s.");
    expect(await app.desk.assignees(ids)).toEqual([MAYA, PRIYA, MAYA, MAYA, MAYA, null]);
    await keys.press("z");
    await says(page, "Undone: 4 tickets are as they were.");
    expect(await app.desk.assignees(ids)).toEqual([null, PRIYA, null, null, null, null]);
    await keys.isSomewhere();
  });

  test("rows are given away and resolved, and the focus stays in the list that they leave", async () => {
    const ids = await app.receiveMany(numbered("Wick", 5));
    const { page, keys } = await open("Maya Lindqvist");
    await keys.moveTo("Wick 1");
    await keys.press("x", "j", "x", "a");
    await keys.isIn("combobox", "Assign 2 tickets to…");
    await keys.type("tom");
    await keys.chooseOption(/Tomás Rivera/);
    await keys.press("Enter");
    await says(page, "Gave 2 to Tomás.");
    await keys.moveTo("Wick 3");
    await keys.press("x", "j", "Shift+X", "e");
    await says(page, "Resolved 2.");
    expect(await app.desk.assignees(ids)).toEqual([TOMAS, TOMAS, MAYA, MAYA, null]);
    expect(await app.desk.thread(ids[2] ?? "")).toMatchObject({ status: "resolved" });
    for (const subject of numbered("Wick", 4)) await gone(page, subject);
    await keys.isSomewhere();
  });
});
