import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { Desk } from "@/tests/support/desk/desk";

let browser: Browser;
let desk: Desk;
const PHONE = { width: 360, height: 740 };
const ODA = '"Oda Berg" <oda@books.example>';

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

const roles = async (id: string) =>
  Object.fromEntries(
    ((await desk.thread(id)).participants ?? []).map(({ address, role }) => [address, role]),
  );

/** A ticket of Lena's that Oda, whom nobody addressed, has answered as well. */
async function withStranger(subject: string): Promise<string> {
  const id = await desk.receive({ subject });
  const first = await desk.rfcMessageId((await desk.thread(id)).lastMessageId ?? "");
  const text = "I keep Lena's books. Could I have the credit note?";
  expect(await desk.receive({ subject: `Re: ${subject}`, from: ODA, text, inReplyTo: first })).toBe(id);
  return id;
}

async function reply(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Your reply" }).fill(text);
  await page.getByRole("button", { name: /^Send/ }).click();
}

describe("the people of a conversation", () => {
  test("a stranger is marked in the list and on their mail, and is copied once a member has added them", async () => {
    const subject = "Credit note for the bookkeeper";
    const id = await withStranger(subject);
    expect(await roles(id)).toEqual({ "lena@customers.example": "customer" });
    const page = await windowOf(browser, "Priya Nair");
    const row = page.getByRole("listitem").filter({ hasText: subject });
    await row.getByText("New here").waitFor();
    expect(await row.innerText()).toContain("Lena Hoffmann");
    await row.getByRole("link", { name: subject }).click();
    const mail = page.getByRole("article", { name: "Mail from Oda Berg" });
    await mail.getByText("New here, not addressed").waitFor();

    await page.getByRole("button", { name: "More for Oda Berg" }).click();
    await page.getByRole("menuitem", { name: "Add to the conversation" }).click();
    await page.getByText("Oda Berg is in the conversation now.").waitFor();
    await mail.getByText("New here, not addressed").waitFor({ state: "detached" });
    expect(await roles(id)).toEqual({ "lena@customers.example": "customer", "oda@books.example": "member" });
    expect((await desk.thread(id)).newcomers).toEqual([]);
    const conversation = page.getByRole("list", { name: "Conversation" });
    await conversation.getByText("You added oda@books.example").waitFor();

    await reply(page, "Here is the credit note.");
    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(1);
    expect((await desk.caught(subject))[0]?.envelopeTo.toSorted()).toEqual([
      "lena@customers.example",
      "oda@books.example",
    ]);
  });

  test("a stranger who is dismissed on a phone is not addressed, and the list no longer points at them", async () => {
    const subject = "Invoice for another company";
    const id = await withStranger(subject);
    const page = await windowOf(browser, "Tomás Rivera", `/dashboard/tickets/${id}`, PHONE);
    await page.getByRole("button", { name: "Details" }).click();
    await page.getByRole("button", { name: "More for Oda Berg" }).click();
    await page.getByRole("menuitem", { name: "Dismiss" }).click();
    await page.getByText("was dismissed.").waitFor();
    expect((await desk.thread(id)).newcomers).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);

    await page.getByRole("textbox", { name: "Your reply" }).fill("It is on its way.");
    await page.getByRole("button", { name: /^Send/ }).click();
    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(1);
    expect((await desk.caught(subject))[0]?.envelopeTo).toEqual(["lena@customers.example"]);
  });

  test("one press makes the sender of a forwarded mail the customer, and the reply goes to them", async () => {
    const subject = "The blue glaze comes out grey";
    const id = await desk.receive({
      subject: `Fwd: ${subject}`,
      from: '"Tomás Rivera" <tomas@claimdesk.example>',
      text: [
        "This came to my own mailbox.",
        "",
        "---------- Forwarded message ---------",
        "From: Bea Koch <bea@koch.example>",
        "Date: Mon, 23 Nov 2026 at 10:02",
        `Subject: ${subject}`,
        "To: <tomas@claimdesk.example>",
        "",
        "Is it the kiln, or the glaze?",
      ].join("\n"),
    });
    const page = await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`);
    const button = page.getByRole("button", { name: "This is from bea@koch.example" });
    await button.click();
    await page.getByText("bea@koch.example is the customer now. Replies go there.").waitFor();
    await button.waitFor({ state: "detached" });
    const thread = await desk.thread(id);
    expect(thread).toMatchObject({ from: "bea@koch.example", fromName: "Bea Koch" });
    expect(await roles(id)).toMatchObject({ "bea@koch.example": "customer" });
    expect(thread.history?.at(-1)).toMatchObject({
      kind: "participants_changed",
      by: { id: "user_demo_priya" },
      customer: "bea@koch.example",
    });

    await reply(page, "It is the kiln.");
    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(1);
    expect((await desk.caught(subject))[0]?.envelopeTo).toEqual(["bea@koch.example"]);
    expect((await desk.thread(id)).assignedTo).toBe("user_demo_priya");
  });
});
