import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { postAs } from "@/tests/support/browser/demo-sign-in";
import { TicketList } from "@/tests/support/browser/looks";
import { sendTogether } from "@/tests/support/browser/meet";
import { Desk } from "@/tests/support/desk/desk";

const MAYA = "user_demo_maya";
const PRIYA = "user_demo_priya";
const TOMAS = "user_demo_tomas";
const NOTE = "She only answers in German.";
const REASON = "I leave at noon today.";

let browser: Browser;
let desk: Desk;

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

/** A ticket that `holder` has claimed. */
async function claimed(subject: string, holder: string): Promise<string> {
  const id = await desk.receive({ subject });
  await postAs(holder, "/api/emails/claim", { threadId: id });
  return id;
}

/** A ticket that `giver` has given to Priya with a note. */
async function given(subject: string, giver: string): Promise<string> {
  const id = await claimed(subject, giver);
  const body = { threadId: id, assignedTo: PRIYA, expectedAssignedTo: giver, note: NOTE };
  await postAs(giver, "/api/emails/reassign", body);
  return id;
}

const pageOf = (name: string, id: string) => windowOf(browser, name, `/dashboard/tickets/${id}`);
const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const cardOf = (id: string) => expect.poll(() => desk.card(id), { timeout: 10_000 });

async function pick(page: Page, name: RegExp, note: string): Promise<void> {
  await page.getByRole("button", { name: /^Assign to/ }).click();
  const picker = page.getByRole("dialog", { name: "Assign to…" });
  await picker.getByRole("option", { name }).click();
  await picker.getByRole("textbox", { name: /^Note/ }).fill(note);
  await picker.getByRole("button", { name: /^Assign/ }).click();
}

describe("a ticket that is handed over", () => {
  test("is announced to its receiver with the note, in a toast, in Mine and on its page", async () => {
    const subject = "The jug leaks at the handle";
    const id = await claimed(subject, MAYA);
    const mine = await TicketList.open(browser, "Priya Nair", "Mine");
    const maya = await pageOf("Maya Lindqvist", id);
    await pick(maya, /Priya Nair/, NOTE);
    await says(maya, `You gave “${subject}” to Priya.`);
    await says(mine.page, `Maya gave you “${subject}”: ${NOTE}`);
    await mine.row(subject).getByText(`Maya gave you this: ${NOTE}`).waitFor();
    expect(await desk.thread(id)).toMatchObject({
      assignedTo: PRIYA,
      assignedToEmail: "priya@claimdesk.example",
      handover: { by: { id: MAYA }, note: NOTE },
    });
    await cardOf(id).toContain("👤 Claimed by: priya@claimdesk.example");

    await mine.page.getByRole("button", { name: "Open", exact: true }).click();
    const strip = mine.page.getByRole("status").filter({ hasText: "Maya gave you this" });
    await strip.getByText(NOTE).waitFor();
  });

  test("and declined is with its giver and in Unassigned to be looked at, until somebody claims it", async () => {
    const subject = "The bowl came in pieces";
    const id = await given(subject, MAYA);
    const mine = await TicketList.open(browser, "Maya Lindqvist", "Mine");
    const free = await TicketList.open(browser, "Tomás Rivera", "Unassigned");
    const priya = await pageOf("Priya Nair", id);
    await priya.getByRole("button", { name: "Decline…" }).click();
    const dialog = priya.getByRole("dialog", { name: `Decline “${subject}”?` });
    await dialog.getByRole("textbox", { name: "Reason" }).fill(REASON);
    await dialog.getByRole("button", { name: "Decline" }).click();
    await says(priya, "You declined it. Maya is told.");
    expect(await desk.thread(id)).toMatchObject({
      assignedTo: null,
      givenBackTo: MAYA,
      attention: { kind: "declined" },
    });
    await expect.poll(() => mine.rowsToLookAt()).toContain(subject);
    await expect.poll(() => free.rowsToLookAt()).toContain(subject);
    await cardOf(id).not.toContain("Claimed by");

    await free.page.getByRole("button", { name: `Claim ${subject}` }).click();
    await mine.row(subject).waitFor({ state: "detached" });
    expect(await desk.thread(id)).toMatchObject({ assignedTo: TOMAS, attention: { kind: "customer_mail" } });
    await cardOf(id).toContain("👤 Claimed by: tomas@claimdesk.example");

    const history = (await pageOf("Maya Lindqvist", id)).getByRole("list", { name: "History" });
    const lines = (await history.getByRole("listitem").allInnerTexts()).map((line) => line.split("\n"));
    const told = lines.map((parts) => parts.filter((part) => /^(“|.*(this|wrote))/.test(part)).join(" "));
    expect(told).toEqual([
      "Tomás claimed this.",
      `Priya declined this: “${REASON}”`,
      `You gave this to Priya: “${NOTE}”`,
      "You claimed this.",
      "Lena wrote.",
    ]);
  });

  test("can be taken back as long as its receiver has not acted", async () => {
    const subject = "The saucer is missing";
    const id = await given(subject, TOMAS);
    const mine = await TicketList.open(browser, "Priya Nair", "Mine");
    await mine.row(subject).waitFor();
    const tomas = await pageOf("Tomás Rivera", id);
    await tomas.getByRole("button", { name: "Take it back" }).click();
    await says(tomas, "It is yours again.");
    await mine.row(subject).waitFor({ state: "detached" });
    const thread = await desk.thread(id);
    expect(thread.assignedTo).toBe(TOMAS);
    expect(thread.handover ?? null).toBeNull();
    expect(thread.history?.at(-1)).toMatchObject({ kind: "reassigned", formerAssignee: { id: PRIYA } });
    await cardOf(id).toContain("👤 Claimed by: tomas@claimdesk.example");
  });

  test("goes to one of its giver and its receiver if both act at once, and the other is told who holds it", async () => {
    const subject = "The teapot has no lid";
    const id = await given(subject, TOMAS);
    const [tomas, priya] = [await pageOf("Tomás Rivera", id), await pageOf("Priya Nair", id)];
    await priya.getByRole("textbox", { name: "Your reply" }).fill("A lid is on its way.");
    await sendTogether([
      [tomas, "/api/emails/reassign"],
      [priya, "/api/emails/reply"],
    ]);
    await Promise.all([
      tomas.getByRole("button", { name: "Take it back" }).click(),
      priya.getByRole("button", { name: /^Send/ }).click(),
    ]);
    const [winner] = await Promise.race([
      says(tomas, "It is yours again.").then(() => [TOMAS]),
      says(priya, "Sent to Lena.").then(() => [PRIYA]),
    ]);
    const { assignedTo, handover } = await desk.thread(id);
    expect([assignedTo, handover ?? null]).toEqual([winner, null]);
    expect(await desk.replies(id)).toHaveLength(winner === PRIYA ? 1 : 0);
    if (winner === PRIYA) await says(tomas, "Priya holds this ticket");
    else await says(priya, "Tomás holds this ticket");
  });

  test("stays where it is if its receiver was removed while the picker was open, and the picker says so", async () => {
    const id = await claimed("The plate is chipped", MAYA);
    const maya = await pageOf("Maya Lindqvist", id);
    await maya.getByRole("button", { name: /^Assign to/ }).click();
    const picker = maya.getByRole("dialog", { name: "Assign to…" });
    await picker.getByRole("option", { name: /Priya Nair/ }).click();
    await postAs(MAYA, "/api/team/remove", { memberId: PRIYA });
    try {
      await picker.getByRole("button", { name: /^Assign/ }).click();
      await picker.getByRole("alert").getByText("That person is no longer on the team.").waitFor();
      expect((await desk.thread(id)).assignedTo).toBe(MAYA);
    } finally {
      await postAs(MAYA, "/api/team/restore", { memberId: PRIYA });
    }
  });
});
