import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { postAs } from "@/tests/support/browser/demo-sign-in";
import { beforeRequest, sendTogether } from "@/tests/support/browser/meet";
import { startDemoApp, type DemoApp } from "@/tests/support/desk/demo-app";

const BULK = "/api/emails/bulk";
const MAYA = "user_demo_maya";
const PRIYA = "user_demo_priya";
const TOMAS = "user_demo_tomas";
const FIRST_NAMES: Record<string, string> = { [MAYA]: "Maya", [TOMAS]: "Tomás" };

let browser: Browser;
let app: DemoApp;

beforeAll(async () => {
  [browser, app] = [await openBrowser(), await startDemoApp("bulk")];
});

afterAll(async () => {
  await browser.close();
  await app.stop();
});

const open = (name: string) => windowOf(browser, name, undefined, undefined, app.url);
const rowOf = (page: Page, subject: string) => page.getByRole("listitem").filter({ hasText: subject });
const bar = (page: Page) => page.getByRole("group", { name: "Selection" });
const press = (place: Page | Locator, name: string | RegExp) => place.getByRole("button", { name }).click();

/** Tickets with these subjects, which stand below each other in Unassigned. */
async function received(kind: string, count: number): Promise<{ subjects: string[]; ids: string[] }> {
  const subjects = Array.from({ length: count }, (_, at) => `${kind} ${at + 1}`);
  return { subjects, ids: await app.receiveMany(subjects) };
}

/** Selects a row with X, once the page answers to keys: before that, X would select the first row. */
async function selectOne(page: Page, subject: string): Promise<void> {
  const link = page.getByRole("link", { name: subject, exact: true });
  const row = page.getByRole("listitem").filter({ has: link });
  const isCurrent = async () => {
    await link.blur();
    await link.focus();
    return (await row.getAttribute("aria-current")) !== null;
  };
  await expect.poll(isCurrent, { timeout: 15_000 }).toBe(true);
  const box = page.getByRole("checkbox", { name: `Select ${subject}`, exact: true });
  const isSelected = async () => {
    const isChecked = await box.isChecked();
    if (!isChecked) await page.keyboard.press("x");
    return isChecked;
  };
  await expect.poll(isSelected, { timeout: 15_000, interval: 1_000 }).toBe(true);
}

/** Selects a row with X, and with Shift and a click all rows from there to the last one. */
async function select(page: Page, subjects: string[]): Promise<void> {
  const [first = "", last = ""] = [subjects[0], subjects.at(-1)];
  await selectOne(page, first);
  await page.getByRole("checkbox", { name: `Select ${last}` }).click({ modifiers: ["Shift"] });
  await bar(page).getByText(`${subjects.length} selected`).waitFor();
}

describe("an act on selected tickets", () => {
  test("leaves out what somebody else claimed meanwhile, names them in its row, and its undo spares it", async () => {
    const { subjects, ids } = await received("Glaze sample", 5);
    const page = await open("Maya Lindqvist");
    await select(page, subjects);
    await beforeRequest(page, BULK, () => postAs(PRIYA, "/api/emails/claim", { threadId: ids[2] }, app.url));
    // A row tells for four seconds only that it is yours, so all are watched from the start.
    const told = [
      page.getByText("Claimed 4 of 5. One is Priya’s.").waitFor(),
      rowOf(page, "Glaze sample 3").getByText("Priya claimed this").waitFor(),
      rowOf(page, "Glaze sample 2").getByText("Yours.").waitFor(),
    ];
    await press(bar(page), /^Claim/);
    await Promise.all(told);
    expect(await app.desk.assignees(ids)).toEqual([MAYA, MAYA, PRIYA, MAYA, MAYA]);

    await press(page, /^Undo/);
    await page.getByText("Undone: 4 tickets are as they were.").waitFor();
    expect(await app.desk.assignees(ids)).toEqual([null, null, PRIYA, null, null]);
    await page.getByRole("button", { name: "Claim Glaze sample 5" }).waitFor();
  });

  test("of two people at once gives each ticket to one, and tells the other in each row whose it is", async () => {
    const { subjects, ids } = await received("Kiln shelf", 4);
    const [maya, tomas] = [await open("Maya Lindqvist"), await open("Tomás Rivera")];
    await Promise.all([select(maya, subjects), select(tomas, subjects)]);
    await sendTogether([
      [maya, BULK],
      [tomas, BULK],
    ]);
    await Promise.all([press(bar(maya), /^Claim/), press(bar(tomas), /^Claim/)]);
    await Promise.all([maya, tomas].map((page) => page.getByText(/^Claimed .*4\b|^Claimed 4\./).waitFor()));

    const owners = await app.desk.assignees(ids);
    expect(owners.every((owner) => owner === MAYA || owner === TOMAS)).toBe(true);
    const windows = { [MAYA]: maya, [TOMAS]: tomas };
    for (const [at, subject] of subjects.entries()) {
      const owner = owners[at] ?? "";
      const loser = windows[owner === MAYA ? TOMAS : MAYA];
      if (loser) await rowOf(loser, subject).getByText(`${FIRST_NAMES[owner]} claimed this`).waitFor();
      const { history } = await app.desk.thread(ids[at] ?? "");
      expect(history?.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
    }
  });

  test("does not resolve a ticket in which the customer wrote meanwhile, and says so in its row", async () => {
    const subjects = ["Clay order", "Clay invoice"];
    const ids = [
      await app.desk.receive({ subject: "Clay order" }),
      ...(await app.receiveMany(["Clay invoice"])),
    ];
    const [late = ""] = ids;
    const page = await open("Maya Lindqvist");
    await select(page, subjects);
    const inReplyTo = await app.desk.rfcMessageId((await app.desk.thread(late)).lastMessageId ?? "");
    await beforeRequest(page, BULK, () =>
      app.desk.receive({ subject: "Re: Clay order", text: "Make it two bags.", inReplyTo }),
    );
    await press(bar(page), /^Status/);
    await page.getByRole("menuitem", { name: "Resolve" }).click();
    await page.getByText("Resolved 1 of 2. In one somebody wrote since: open it.").waitFor();
    const row = rowOf(page, "Clay order");
    await row.getByText("Not resolved: somebody wrote since.").waitFor();
    expect(await app.desk.thread(late)).toMatchObject({ status: "open", assignedTo: null });
    expect(await app.desk.thread(ids[1] ?? "")).toMatchObject({ status: "resolved", assignedTo: MAYA });

    await row.getByRole("link", { name: "Open it" }).click();
    await page.getByRole("article").getByText("Make it two bags.").waitFor();
  });
});

describe("an act on all tickets that match", () => {
  /** Selects all that Unassigned has, and opens the question before they are claimed. */
  async function askForAll(page: Page): Promise<Locator> {
    await selectOne(page, "Tile 1");
    await press(bar(page), /^Select all \d+ shown$/);
    await press(bar(page), /^Select all \d+ that match$/);
    await bar(page)
      .getByText(/^All \d+ that match$/)
      .waitFor();
    await press(bar(page), /^Claim/);
    return page.getByRole("dialog", { name: /^Claim all \d+ tickets of this list\?$/ });
  }

  test("goes on as a job that can be cancelled in the middle and undone", async () => {
    const parts = await Promise.all(
      ["Tile", "Brick", "Slab", "Plate", "Stone", "Sand"].map((kind) => received(kind, 20)),
    );
    const ids = parts.flatMap((part) => part.ids);
    const page = await open("Maya Lindqvist");
    const dialog = await askForAll(page);
    const progress = page.getByRole("progressbar", { name: /^Claiming [1-9]\d* of \d+$/ });
    await app.desk.whileLocked(ids[10] ?? "", async () => {
      await press(dialog, "Claim all");
      await progress.waitFor();
      await press(page, /^Cancel claiming \d+ of \d+$/);
      await page.getByText("Cancelled: it ends after the tickets that are under way.").waitFor();
    });

    // The ticket that was locked is left as it is.
    const ended = page.getByText(/^Cancelled\. Claimed [1-9]\d*\..* [1-9]\d* were not reached\.$/);
    await ended.waitFor({ timeout: 40_000 });
    const held = async () => (await app.desk.assignees(ids)).filter((owner) => owner === MAYA).length;
    const claimed = await held();
    expect(claimed).toBeGreaterThan(0);
    expect(claimed).toBeLessThan(ids.length);

    await press(page, /^Undo/);
    await page.getByText(/^Undid [1-9]\d*\.$/).waitFor();
    expect(await held()).toBe(0);
  });
});
