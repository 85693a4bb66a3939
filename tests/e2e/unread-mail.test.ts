import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { postAs } from "@/tests/support/browser/demo-sign-in";
import { Desk } from "@/tests/support/desk/desk";

let browser: Browser;
let desk: Desk;
const PRIYA = "user_demo_priya";
const LATE = "Stop, it is broken again.";

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

/** The page of a ticket that Priya holds. The customer's second mail arrives while the first change of its status is under way. */
async function pageWithLateMail(subject: string) {
  const id = await desk.receive({ subject });
  await postAs(PRIYA, "/api/emails/claim", { threadId: id });
  const page = await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`);
  const inReplyTo = await desk.rfcMessageId((await desk.thread(id)).lastMessageId ?? "");
  const mailFirst = async (route: Route) => {
    await desk.receive({ subject: `Re: ${subject}`, text: LATE, inReplyTo });
    await route.continue();
  };
  await page.route("**/api/emails/status", mailFirst, { times: 1 });
  return { id, page };
}

const resolve = (page: Page) => page.getByRole("button", { name: /^Resolve/ }).click();

async function letWait(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Status/ }).click();
  await page.getByRole("menuitemradio", { name: "Waiting" }).click();
}

const heldFace = (page: Page) => page.getByRole("region", { name: "Written meanwhile" });

/** Waits until the page says why nothing was done, with the mail. */
async function heldWith(page: Page, sentence: string): Promise<void> {
  await heldFace(page).getByRole("alert").getByText(sentence).waitFor();
  await heldFace(page).getByText(LATE).waitFor();
}

const press = (page: Page, name: string) => heldFace(page).getByRole("button", { name }).click();

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Your reply" }).fill(text);
  await page.getByRole("button", { name: /^Send/ }).click();
}

describe("a mail that arrives just before", () => {
  test("Resolve is shown, and the ticket is resolved once its reader says so", async () => {
    const { id, page } = await pageWithLateMail("The kettle is cold");
    await resolve(page);
    await heldWith(page, "Not resolved: Lena wrote again.");
    expect(await desk.thread(id)).toMatchObject({ status: "open", attention: { kind: "customer_mail" } });
    await press(page, "Resolve anyway");
    await heldFace(page).waitFor({ state: "detached" });
    await page.getByRole("button", { name: /^Reopen/ }).waitFor();
    expect(await desk.thread(id)).toMatchObject({ status: "resolved", attention: null });
  });

  test("Resolve is shown, and the ticket stays open with Not now", async () => {
    const { id, page } = await pageWithLateMail("The toaster is cold");
    await resolve(page);
    await heldWith(page, "Not resolved: Lena wrote again.");
    await press(page, "Not now");
    await heldFace(page).waitFor({ state: "detached" });
    await page.getByRole("article", { name: "Mail from Lena Hoffmann" }).getByText(LATE).waitFor();
    expect(await desk.thread(id)).toMatchObject({ status: "open", attention: { kind: "customer_mail" } });
  });

  test("Waiting is shown, and the ticket waits once its reader says so", async () => {
    const { id, page } = await pageWithLateMail("The oven is cold");
    await letWait(page);
    await heldWith(page, "Not set to Waiting: Lena wrote again.");
    expect(await desk.thread(id)).toMatchObject({ status: "open" });
    await press(page, "Set to Waiting anyway");
    await heldFace(page).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Status: Waiting" }).waitFor();
    expect(await desk.thread(id)).toMatchObject({ status: "waiting", attention: null });
  });

  test("Waiting is shown, and the ticket does not wait with Not now", async () => {
    const { id, page } = await pageWithLateMail("The stove is cold");
    await letWait(page);
    await heldWith(page, "Not set to Waiting: Lena wrote again.");
    await press(page, "Not now");
    await heldFace(page).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Status: Open" }).waitFor();
    expect(await desk.thread(id)).toMatchObject({ status: "open", attention: { kind: "customer_mail" } });
  });
});

describe("a text that its writer sent a moment ago", () => {
  const TEXT = "We send another kettle.";

  /** The page of a ticket to which Priya sends `TEXT` from another window after she has written `begin` here. */
  async function pageAfterReply(subject: string, begin: string) {
    const id = await desk.receive({ subject });
    const page = await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`);
    await page.getByRole("textbox", { name: "Your reply" }).fill(begin);
    const { lastMessageId } = await desk.thread(id);
    await postAs(PRIYA, "/api/emails/reply", { threadId: id, text: TEXT, lastSeenMessageId: lastMessageId });
    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(1);
    await page.getByRole("article", { name: /^Reply by / }).waitFor();
    return { id, page };
  }

  test("from another window is held, and goes out once its writer has read that", async () => {
    const subject = "A kettle without a lid";
    const { id, page } = await pageAfterReply(subject, TEXT);
    await page.getByText("You replied from another window").first().waitFor();
    await page.getByRole("button", { name: /^Send/ }).click();
    await page.getByText("Not sent: You replied from another window while you were writing.").waitFor();
    expect(await desk.replies(id)).toHaveLength(1);
    await page.getByRole("button", { name: /^Send anyway/ }).click();
    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(2);
  });

  test("by a page that does not tell what it shows is asked about, and goes out with Send it again", async () => {
    const subject = "A kettle without a handle";
    const { id, page } = await pageAfterReply(subject, "");
    const untold = async (route: Route) => {
      const { lastSeenMessageId, ...body } = route.request().postDataJSON() as Record<string, unknown>;
      expect(lastSeenMessageId).toEqual(expect.any(String));
      await route.continue({ postData: JSON.stringify(body) });
    };
    await page.route("**/api/emails/reply", untold, { times: 1 });
    await write(page, TEXT);
    await page.getByText(/^Not sent: you sent the same text/).waitFor();
    await page.getByRole("complementary", { name: "Sent before" }).getByText(TEXT).waitFor();
    expect(await page.getByRole("textbox", { name: "Your reply" }).inputValue()).toBe(TEXT);
    expect(await desk.replies(id)).toHaveLength(1);

    await page.getByRole("button", { name: /^Send it again/ }).click();
    await page.getByText("Sent to Lena.").waitFor();
    await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(2);
    expect(await desk.replies(id)).toHaveLength(2);
  });
});
