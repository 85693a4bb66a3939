import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { callAs, postAs } from "@/tests/support/browser/demo-sign-in";
import { TicketList } from "@/tests/support/browser/looks";
import { startDemoApp, type DemoApp } from "@/tests/support/desk/demo-app";

const MAYA = "user_demo_maya";
const TOMAS = "user_demo_tomas";

let browser: Browser;
let app: DemoApp;

beforeAll(async () => {
  [browser, app] = [await openBrowser(), await startDemoApp("team_page")];
});

afterAll(async () => {
  await browser.close();
  await app.stop();
});

const open = (name: string, path?: string) => windowOf(browser, name, path, undefined, app.url);
const rowOf = (page: Page, name: string) =>
  page.getByRole("list", { name: "Team members" }).getByRole("listitem").filter({ hasText: name });

async function claimed(subjects: string[], holder: string): Promise<string[]> {
  const ids = await app.receiveMany(subjects);
  for (const threadId of ids) await postAs(holder, "/api/emails/claim", { threadId }, app.url);
  return ids;
}

/** An admin's act on Tomás, up to its question. */
async function ask(page: Page, act: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: "Actions for Tomás Rivera" }).click();
  await page.getByRole("menuitem", { name: act }).click();
}

const confirm = (page: Page, name: string) => page.getByRole("dialog").getByRole("button", { name }).click();

describe("the team's page", () => {
  test("tells of three people who is here, how much each holds, and whose customer waits", async () => {
    const [waiting = ""] = await claimed(["Vase, tall", "Vase, round", "Vase, blue"], TOMAS);
    const lastSeenMessageId = (await app.desk.thread(waiting)).lastMessageId;
    const status = { threadId: waiting, status: "waiting", lastSeenMessageId };
    await postAs(TOMAS, "/api/emails/status", status, app.url);
    await Promise.all([open("Tomás Rivera"), open("Priya Nair")]);
    const page = await open("Maya Lindqvist", "/dashboard/team");
    const tomas = rowOf(page, "Tomás Rivera");
    await tomas.getByText("Here now").waitFor();
    await tomas.getByText("2 open").waitFor();
    await tomas.getByText("1 waiting").waitFor();
    await tomas.getByRole("link", { name: "Tomás Rivera’s 3 tickets" }).waitFor();
    await tomas.getByText("oldest").waitFor();
    const priya = rowOf(page, "Priya Nair");
    await priya.getByText("No tickets").waitFor();
    expect(await priya.getByText("oldest").count()).toBe(0);
    await rowOf(page, "maya@claimdesk.example").getByText("Here now").waitFor();
  });

  test("releases all tickets of a member as a job that the audit log names", async () => {
    const ids = await claimed(["Urn, small", "Urn, large"], TOMAS);
    const mine = await TicketList.open(browser, "Tomás Rivera", "Mine", app.url);
    await mine.row("Urn, small").waitFor();
    const page = await open("Maya Lindqvist", "/dashboard/team");
    await ask(page, /^Release all \d+ tickets/);
    await confirm(page, "Release");
    await page.getByText(/^Unclaimed \d+\.$/).waitFor();
    await mine.row("Urn, small").waitFor({ state: "detached" });
    expect(await app.desk.assignees(ids)).toEqual([null, null]);
    const thread = await app.desk.thread(ids[0] ?? "");
    expect(thread.history?.at(-1)).toMatchObject({ kind: "unclaimed", by: { id: MAYA } });
    expect(await app.desk.audited("tickets_released")).toMatchObject([{ by: { id: MAYA }, subject: TOMAS }]);
    await rowOf(page, "Tomás Rivera").getByText("No tickets").waitFor();
  });

  test("shuts a removed member out within two seconds, and lets them in again", async () => {
    const [id = ""] = await claimed(["Pot, black"], TOMAS);
    const tomas = await open("Tomás Rivera", "/dashboard/tickets/mine");
    const page = await open("Maya Lindqvist", "/dashboard/team");
    const enters = async () =>
      (await callAs(TOMAS, "POST", "/api/emails/claim", { threadId: id }, app.url)).status;
    expect(await enters()).toBe(200);
    await ask(page, "Remove from the desk…");
    await confirm(page, "Remove");
    await page.getByText("Tomás Rivera is removed from the desk.").waitFor();
    await expect.poll(enters, { timeout: 2_000 }).toBe(403);
    await tomas.getByRole("heading", { name: "You’re not on this team" }).waitFor();
    await expect.poll(async () => (await app.desk.thread(id)).assignedTo, { timeout: 10_000 }).toBeNull();
    await page.getByText("You removed Tomás Rivera").waitFor();

    await page.getByRole("button", { name: "Let Tomás in again" }).click();
    await page.getByText("Tomás Rivera may sign in again.").waitFor();
    await rowOf(page, "Tomás Rivera").waitFor();
    await expect.poll(enters, { timeout: 2_000 }).toBe(200);
    await (await open("Tomás Rivera", "/dashboard/tickets/mine")).getByText("Pot, black").waitFor();
    for (const action of ["member_removed", "member_restored"] as const)
      expect(await app.desk.audited(action)).toMatchObject([{ by: { id: MAYA }, subject: TOMAS }]);
  });
});

describe("the settings", () => {
  const PATH = "/dashboard/settings";
  const rule = (page: Page, name: string) => page.getByRole("radio", { name });
  const save = (page: Page) => page.getByRole("button", { name: "Save" }).click();

  /** An act of another admin elsewhere. */
  async function change(part: Record<string, unknown>): Promise<void> {
    const { answer } = await callAs(MAYA, "GET", "/api/settings", null, app.url);
    const body = { ...part, revision: answer.revision };
    expect(await callAs(MAYA, "PUT", "/api/settings", body, app.url)).toMatchObject({ status: 200 });
  }

  test("apply to everybody once they are saved, and the audit log tells who changed them", async () => {
    const [id] = await app.receiveMany(["Dish, oval"]);
    const page = await open("Maya Lindqvist", PATH);
    await rule(page, "Every member").check();
    await save(page);
    await page.getByText("Saved.").waitFor();
    const [event, ...others] = await app.desk.audited("settings_changed");
    expect(others).toEqual([]);
    expect(event).toMatchObject({ by: { id: MAYA }, subject: "handover" });

    const priya = await open("Priya Nair", `/dashboard/tickets/${id}`);
    await priya.getByRole("button", { name: /^Assign to/ }).click();
    await priya.getByRole("option", { name: /Tomás Rivera/ }).click();
    await priya
      .getByRole("dialog")
      .getByRole("button", { name: /^Assign/ })
      .click();
    await expect.poll(async () => (await app.desk.thread(id ?? "")).assignedTo).toBe(TOMAS);
  });

  test("that another admin changed meanwhile are not overwritten, and the page says so", async () => {
    await change({ handover: { membersAssignUnassigned: true } });
    const page = await open("Maya Lindqvist", PATH);
    await rule(page, "Only admins").check();
    const audited = (await app.desk.audited("settings_changed")).length;
    await change({ retention: { rawMailDays: 3_000, closedBodiesDays: null } });
    await save(page);
    await page
      .getByText(/^Somebody else changed the settings meanwhile\. Not saved: only an admin may/)
      .waitFor();
    expect(await rule(page, "Only admins").isChecked()).toBe(true);
    expect(await page.getByRole("textbox", { name: /^Mails as they arrived/ }).inputValue()).toBe("3000");
    expect(await app.desk.audited("settings_changed")).toHaveLength(audited + 1);
  });
});
