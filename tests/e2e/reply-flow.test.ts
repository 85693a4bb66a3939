import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf, visit } from "@/tests/support/browser/browser";
import { Desk } from "@/tests/support/desk/desk";

let browser: Browser;
let desk: Desk;
const PHONE = { width: 360, height: 740 };

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

describe("the reply flow", () => {
  test("a reply from the card's link on a phone goes out in its thread and claims the ticket", async () => {
    const subject = "Need help with billing";
    const id = await desk.receive({ subject, text: "Hi, I need help with my invoice." });
    await expect.poll(() => desk.card(id)).toContain("Hi, I need help with my invoice.");
    const link = /\]\(<?(http[^)>]+)>?\)/.exec(await desk.card(id))?.[1] ?? "";

    const page = await windowOf(browser, "Priya Nair", new URL(link).pathname, PHONE);
    await page.getByRole("textbox", { name: /reply/i }).fill("Hi Lena, I refunded the second payment.");
    await page.getByRole("button", { name: "Send reply" }).click();

    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(1);
    const thread = await desk.thread(id);
    expect(thread).toMatchObject({
      status: "in_progress",
      assignedTo: "user_demo_priya",
      assignedToEmail: "priya@claimdesk.example",
      claimedAt: expect.any(Date),
    });
    const [mail] = await desk.caught(subject);
    expect(mail).toMatchObject({ subject: `Re: ${subject}`, envelopeTo: ["lena@customers.example"] });
    expect(mail?.text).toContain("I refunded the second payment.");
    await expect.poll(async () => (await desk.replies(id)).map(({ state }) => state)).toEqual(["sent"]);
    await expect
      .poll(() => desk.card(id), { timeout: 10_000 })
      .toContain("👤 Claimed by: priya@claimdesk.example");

    await visit(page, "/dashboard/tickets/mine");
    await page.getByText(subject).first().waitFor();
  });

  test("the customer's answer comes back into the same ticket and opens it again", async () => {
    const subject = "Export stuck at 99%";
    const id = await desk.receive({ subject });
    const page = await windowOf(browser, "Tomás Rivera", `/reply/${id}`);
    await page.getByRole("textbox", { name: /reply/i }).fill("Please try again, it is mended.");
    await page.getByRole("button", { name: /^Send/ }).click();
    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(1);
    const [mail] = await desk.caught(subject);

    await visit(page, `/dashboard/tickets/${id}`);
    const answered = await desk.receive({
      subject: `Re: ${subject}`,
      text: "It works now, thank you!",
      inReplyTo: mail?.messageId ?? "",
    });
    expect(answered).toBe(id);
    await page.getByText("It works now, thank you!").first().waitFor();
    expect(await desk.thread(id)).toMatchObject({ assignedTo: "user_demo_tomas", messageCount: 3 });
  });

  test("a reply is held if the customer wrote again; the new message is shown beside the kept text, and then the reply goes out", async () => {
    const subject = "Cancel at the end of the month";
    const id = await desk.receive({ subject });
    const first = (await desk.thread(id)).lastMessageId;
    const page = await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`);
    const box = page.getByRole("textbox", { name: /reply/i });
    await box.fill("I cancelled it for you.");
    const rfcMessageId = await desk.rfcMessageId(first ?? "");
    await desk.receive({
      subject: `Re: ${subject}`,
      text: "Sorry, do not cancel it after all!",
      inReplyTo: rfcMessageId,
    });

    await page.getByRole("button", { name: /^Send/ }).click();
    await page.getByText("Not sent: Lena wrote again while you were writing.").waitFor();
    expect(await box.inputValue()).toBe("I cancelled it for you.");
    expect(await desk.caught(subject)).toHaveLength(0);
    expect(await desk.replies(id)).toHaveLength(0);

    await box.fill("Good, then it stays as it is.");
    await page.getByRole("button", { name: /Send anyway/ }).click();
    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(1);
    expect((await desk.caught(subject))[0]?.text).toContain("it stays as it is");
  });

  test("a ticket is not answered twice: the second writer is told who has it and keeps the text", async () => {
    const subject = "Can I move to the yearly plan?";
    const id = await desk.receive({ subject });
    const tomas = await windowOf(browser, "Tomás Rivera", `/reply/${id}`);
    const priya = await windowOf(browser, "Priya Nair", `/reply/${id}`);
    await tomas.getByRole("textbox", { name: /reply/i }).fill("Yes, from May on.");
    await priya.getByRole("textbox", { name: /reply/i }).fill("Yes, at any time.");
    await Promise.all([tomas, priya].map((page) => page.getByRole("button", { name: /^Send/ }).click()));

    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(1);
    const { assignedTo } = await desk.thread(id);
    const [loser, winner, kept] =
      assignedTo === "user_demo_priya"
        ? [tomas, "Priya", "Yes, from May on."]
        : [priya, "Tomás", "Yes, at any time."];
    await loser
      .getByText(new RegExp(`${winner}.* holds this since`))
      .first()
      .waitFor();
    expect(await loser.getByRole("textbox", { name: /reply/i }).inputValue()).toBe(kept);
    expect(await desk.replies(id)).toHaveLength(1);
  });
});
