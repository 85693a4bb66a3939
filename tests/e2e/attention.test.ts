import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { postAs } from "@/tests/support/browser/demo-sign-in";
import { ReplyCard, TicketList } from "@/tests/support/browser/looks";
import { Desk } from "@/tests/support/desk/desk";
import { rawReport } from "@/tests/support/mail/delivery-reports";

let browser: Browser;
let desk: Desk;
const PRIYA = "user_demo_priya";
const LENA = "lena@customers.example";
const WORDS = "550 5.1.1 <lena@customers.example>: there is no such mailbox";

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

/** A ticket that Priya has answered, and resolved with the answer, as from another window. */
async function resolved(subject: string, undoSeconds = 0) {
  const id = await desk.receive({ subject });
  const { lastMessageId } = await desk.thread(id);
  const body = { threadId: id, text: "I refunded it.", lastSeenMessageId: lastMessageId, status: "resolved" };
  await postAs(PRIYA, "/api/emails/reply", { ...body, undoSeconds });
  const state = undoSeconds > 0 ? "queued" : "sent";
  await expect.poll(() => desk.replies(id), { timeout: 15_000 }).toMatchObject([{ state }]);
  const [reply] = await desk.replies(id);
  if (!reply) throw new Error("The reply is not stored.");
  return { id, reply };
}

type Resolved = Awaited<ReturnType<typeof resolved>>;

/** A mail server's report arrives; with `from`, from somebody who only says to be one. */
const report = ({ reply }: Resolved, outcome: "failed" | "delayed" = "failed", from = "") => {
  const words = outcome === "failed" ? WORDS : "451 4.4.1 No answer from mx.customers.example";
  return desk.deliver(rawReport({ about: reply, recipients: [LENA], outcome, words }), from);
};

const open = (name: string, { id }: Resolved) => windowOf(browser, name, `/dashboard/tickets/${id}`);

const seen = (page: Page) => page.getByRole("button", { name: "Seen", exact: true });

describe("a reply that resolved its ticket", () => {
  test("and came back brings the ticket to Mine under Needs a look, live, until it is marked as seen", async () => {
    const subject = "Refund for the blue lamp";
    const ticket = await resolved(subject);
    const list = await TicketList.open(browser, "Priya Nair", "Mine");
    const before = await desk.needingALook(PRIYA);
    expect(await list.rowsToLookAt()).not.toContain(subject);

    await report(ticket);
    const row = list.row(subject);
    await row.getByText("Came back: the mailbox does not exist.").waitFor();
    expect(await list.rowsToLookAt()).toContain(subject);
    await expect.poll(() => list.needingALook()).toBe(before + 1);

    await row.getByRole("link", { name: `Open ${subject}` }).click();
    const { page } = list;
    await page.getByText("A reply came back: the mailbox does not exist.").waitFor();
    const card = new ReplyCard(page);
    await card.says(`Came back from ${LENA}: the mailbox does not exist.`);
    await card.says("Their mail server wrote:");
    expect(await card.quotations()).toEqual([WORDS]);

    await seen(page).click();
    await page.getByText("Marked as seen.").waitFor();
    await expect.poll(() => list.needingALook()).toBe(before);
    expect(await desk.thread(ticket.id)).toMatchObject({
      status: "open",
      attention: null,
      assignedTo: PRIYA,
    });
    await list.visit();
    await list.row(subject).waitFor();
    expect(await list.rowsToLookAt()).not.toContain(subject);
  });

  test("and was undone says who undid it, and needs a look", async () => {
    const ticket = await resolved("Refund for the green lamp", 60);
    const page = await open("Priya Nair", ticket);
    await postAs(PRIYA, "/api/emails/delivery", { messageId: ticket.reply._id, action: "undo" });
    await new ReplyCard(page).says("You undid this reply. It did not go out.");
    await page.getByText("A reply was undone.").waitFor();
    await seen(page).waitFor();
    expect(await desk.thread(ticket.id)).toMatchObject({ status: "open", attention: { kind: "undone" } });
    const list = await TicketList.open(browser, "Priya Nair", "Mine");
    await list.row("Refund for the green lamp").getByText("Undone: the customer still waits.").waitFor();
    expect(await list.rowsToLookAt()).toContain("Refund for the green lamp");
  });

  test("and is delayed stays sent, says that it is tried again, and needs a look", async () => {
    const ticket = await resolved("Refund for the red lamp");
    const page = await open("Priya Nair", ticket);
    await report(ticket, "delayed");
    const card = new ReplyCard(page);
    await card.says("Not delivered yet");
    await card.says("It is tried again by itself.");
    await page.getByText(/^A reply is not delivered yet/).waitFor();
    expect(await card.quotations()).toEqual(["451 4.4.1 No answer from mx.customers.example"]);
    expect(await desk.replies(ticket.id)).toMatchObject([{ state: "sent" }]);
    expect(await desk.thread(ticket.id)).toMatchObject({ status: "open", attention: { kind: "delayed" } });
  });

  test("stays delivered and its ticket resolved after a report that anybody could have written", async () => {
    const ticket = await resolved("Refund for the white lamp");
    const page = await open("Priya Nair", ticket);
    await report(ticket, "failed", "sly@elsewhere.example");
    await page.getByText("A mail says that this reply did not arrive, but nothing proves it.").waitFor();
    expect(await page.getByRole("blockquote").count()).toBe(0);
    expect(await seen(page).count()).toBe(0);
    await page.getByRole("button", { name: /^Reopen/ }).waitFor();
    expect(await desk.replies(ticket.id)).toMatchObject([{ state: "sent" }]);
    expect(await desk.thread(ticket.id)).toMatchObject({ status: "resolved", attention: null });
  });

  test("shows a reaction to it as a chip, and stays resolved", async () => {
    const ticket = await resolved("Refund for the black lamp");
    const page = await open("Priya Nair", ticket);
    await desk.deliver(reactionTo(ticket.reply.rfcMessageId ?? ""), LENA);
    const chip = new ReplyCard(page).card.getByRole("list", { name: "Reactions" }).getByRole("listitem");
    await chip.waitFor();
    expect((await chip.innerText()).replace(/\s+/g, " ")).toBe("👍 Lena");
    expect(await desk.thread(ticket.id)).toMatchObject({ status: "resolved", attention: null });
  });
});

test("a ticket without an assignee that needs a look stands first in Unassigned, and one press claims it and marks it as seen", async () => {
  const subject = "Refund for the yellow lamp";
  const ticket = await resolved(subject);
  await postAs(PRIYA, "/api/emails/unclaim", { threadId: ticket.id });
  const list = await TicketList.open(browser, "Tomás Rivera", "Unassigned");
  const before = await desk.needingALook(null);
  await desk.receive({ subject: "A question about lamps" });
  await report(ticket);
  await list.row(subject).getByText("Came back: the mailbox does not exist.").waitFor();
  expect((await list.rowsToLookAt()).at(-1)).toBe(subject);
  await expect.poll(() => list.needingALook()).toBe(before + 1);

  await list.row(subject).getByRole("link", { name: subject }).click();
  await list.page.getByRole("button", { name: "Claim and mark as seen" }).click();
  await list.page.getByText("Marked as seen.").waitFor();
  expect(await desk.thread(ticket.id)).toMatchObject({
    assignedTo: "user_demo_tomas",
    status: "open",
    attention: null,
  });
  await expect.poll(() => list.needingALook()).toBe(before);
});

function reactionTo(rfcMessageId: string): Buffer {
  const parts = [
    "Content-Type: text/plain; charset=utf-8\r\n\r\n👍\r\n\r\nLena Hoffmann reacted to your mail",
    'Content-Type: text/vnd.google.email-reaction+json; charset=utf-8\r\n\r\n{"emoji":"👍","version":1}',
  ];
  const head = [
    `From: Lena Hoffmann <${LENA}>\r\nTo: support@desk.example\r\nSubject: Re: Refund`,
    `Message-ID: <reaction@customers.example>\r\nIn-Reply-To: ${rfcMessageId}\r\nMIME-Version: 1.0`,
    "Content-Type: multipart/alternative; boundary=edge\r\n\r\n",
  ];
  const body = parts.map((part) => `--edge\r\n${part}\r\n`).join("");
  return Buffer.from(`${head.join("\r\n")}${body}--edge--\r\n`);
}
