import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { Desk } from "@/tests/support/desk/desk";

let browser: Browser;
let desk: Desk;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };
const LENA = "lena@customers.example";
const DORA = "dora@kent.example";
const EVAN = "evan@fox.example";
const COPIED = [`"Dora Kent" <${DORA}>`, `"Evan Fox" <${EVAN}>`];

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

const row = (page: Page, name: "To" | "Cc") =>
  page.getByRole("list", { name, exact: true }).getByRole("listitem");
const remove = (page: Page, name: string) =>
  page.getByRole("button", { name: `Remove ${name} from Cc` }).click();

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Your reply" }).fill(text);
}

async function send(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Send/ }).click();
}

/** Waits for the ticket's only reply, and returns its stored recipients beside those of its mail. */
async function delivered(id: string, subject: string) {
  await expect.poll(() => desk.caught(subject), { timeout: 15_000 }).toHaveLength(1);
  const [mail] = await desk.caught(subject);
  const [stored] = await desk.replies(id);
  return { to: stored?.to, cc: stored?.cc, envelope: mail?.envelopeTo.toSorted() };
}

/** Elements that run out of the window at the side, and those too small for a thumb. */
function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const touched = [...document.querySelectorAll<HTMLElement>("#reply button, #reply input")].filter(
      (element) => element.getBoundingClientRect().width > 20, // not those for screen readers alone
    );
    const small = touched.filter((element) => element.getBoundingClientRect().height < 44);
    const isWide = document.documentElement.scrollWidth > window.innerWidth;
    return [
      ...small.map((element) => element.ariaLabel ?? element.innerText),
      ...(isWide ? ["the page"] : []),
    ];
  });
}

/** Takes somebody out of the ticket, as in a member's other window. */
async function takeOut(page: Page, threadId: string, address: string): Promise<void> {
  const status = await page.evaluate(
    async ([id, gone]) => {
      const body = JSON.stringify({ threadId: id, remove: [gone] });
      const headers = { "content-type": "application/json" };
      return (await fetch("/api/emails/participants", { method: "POST", headers, body })).status;
    },
    [threadId, address] as const,
  );
  expect(status).toBe(200);
}

describe("the recipients of a reply in a wide window", () => {
  test("are everybody of the mail; one is left out and one is added, and what was shown is sent", async () => {
    const subject = "Shares of the shop";
    const id = await desk.receive({ subject, cc: COPIED });
    const page = await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`, WIDE);
    await expect.poll(() => row(page, "Cc").count()).toBe(2);
    expect(await row(page, "To").allInnerTexts()).toEqual([expect.stringContaining(LENA)]);
    await remove(page, "Evan Fox");
    await page.getByRole("combobox", { name: "Add somebody to Cc" }).fill("nora@dietz.example");
    await page.keyboard.press("Enter");
    await write(page, "Each of you has a third.");
    await send(page);
    await page.getByText("Sent to Lena, Dora and nora@dietz.example.").waitFor();

    expect(await delivered(id, subject)).toEqual({
      to: [LENA],
      cc: [DORA, "nora@dietz.example"],
      envelope: [DORA, LENA, "nora@dietz.example"],
    });
    const { participants } = await desk.thread(id);
    expect(participants?.map(({ address }) => address)).toEqual([LENA, DORA, EVAN, "nora@dietz.example"]);
    await expect.poll(() => row(page, "Cc").count()).toBe(3); // leaving out holds for one reply
  });

  test("follow a colleague who takes somebody out; a text that was begun before is held once, then sent to those shown", async () => {
    const subject = "Two of us left the choir";
    const id = await desk.receive({ subject, cc: COPIED });
    const page = await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`, WIDE);
    const tomas = await windowOf(browser, "Tomás Rivera", `/dashboard/tickets/${id}`, WIDE);
    await write(page, "I changed the list.");
    await takeOut(tomas, id, EVAN);
    await page.getByRole("button", { name: "Remove Evan Fox from Cc" }).waitFor({ state: "detached" });
    await page.getByText("Evan is no longer in this conversation.", { exact: true }).waitFor();
    await send(page);
    await page.getByText("Not sent: the recipients changed while you were writing.").waitFor();
    expect(await desk.replies(id)).toHaveLength(0);
    await send(page);
    expect(await delivered(id, subject)).toMatchObject({ cc: [DORA], envelope: [DORA, LENA] });
  });

  test("take an address that is still in the field when Send is pressed", async () => {
    const subject = "A key for the treasurer";
    const id = await desk.receive({ subject, cc: COPIED });
    const page = await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`, WIDE);
    await write(page, "The treasurer has it.");
    const late = "the-treasurer-of-the-choir@a-long-domain-of-the-choir.example";
    await page.getByRole("combobox", { name: "Add somebody to Cc" }).fill(late);
    const box = await page.getByRole("button", { name: /^Send/ }).boundingBox();
    await page.mouse.move((box?.x ?? 0) + 8, (box?.y ?? 0) + 3);
    await page.mouse.down();
    await page.mouse.up();
    expect(await delivered(id, subject)).toMatchObject({ cc: [DORA, EVAN, late] });
  });

  test("are held if somebody left before the reply arrived; the text stays, and goes out to the others", async () => {
    const subject = "The invoice of the choir";
    const id = await desk.receive({ subject, cc: COPIED });
    const page = await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`, WIDE);
    const tomas = await windowOf(browser, "Tomás Rivera", `/dashboard/tickets/${id}`, WIDE);
    const holdBack = async (route: Route) => {
      await takeOut(tomas, id, EVAN);
      await route.continue();
    };
    await page.route("**/api/emails/reply", holdBack, { times: 1 });
    await write(page, "Here is the invoice.");
    await send(page);
    await page
      .getByText(
        "Not sent: the recipients changed while you were writing. Evan is no longer in this conversation.",
      )
      .waitFor();
    expect(await page.getByRole("textbox", { name: "Your reply" }).inputValue()).toBe("Here is the invoice.");
    expect(await desk.replies(id)).toHaveLength(0);
    expect(await row(page, "Cc").allInnerTexts()).toEqual([expect.stringContaining(DORA)]);

    await send(page);
    expect(await delivered(id, subject)).toEqual({ to: [LENA], cc: [DORA], envelope: [DORA, LENA] });
  });
});

describe("the recipients of a reply on a phone", () => {
  test("are one line that opens the rows, where one is left out", async () => {
    const subject = "Keys of the hall";
    const id = await desk.receive({ subject, cc: COPIED });
    const page = await windowOf(browser, "Tomás Rivera", `/reply/${id}`, PHONE);
    await page.getByRole("button", { name: "To Lena, Cc 2" }).click();
    await row(page, "Cc").first().waitFor();
    expect(await misfits(page)).toEqual([]);
    await remove(page, "Dora Kent");
    await write(page, "The keys are at the door.");
    await send(page);
    expect(await delivered(id, subject)).toEqual({ to: [LENA], cc: [EVAN], envelope: [EVAN, LENA] });
  });

  test("leave out somebody who is new here, until a member adds them", async () => {
    const subject = "Books of the hall";
    const id = await desk.receive({ subject });
    const { lastMessageId } = await desk.thread(id);
    await desk.receive({
      subject: `Re: ${subject}`,
      from: '"Piotr Zieliński" <piotr@books.example>',
      text: "I keep the books, write to me as well.",
      inReplyTo: await desk.rfcMessageId(lastMessageId ?? ""),
    });
    const page = await windowOf(browser, "Maya Lindqvist", `/reply/${id}`, PHONE);
    await page.getByRole("button", { name: /^To lena@customers.example/ }).click();
    await page.getByText("new here, not addressed").last().waitFor();
    expect(await misfits(page)).toEqual([]);
    await page.getByRole("button", { name: "Add Piotr Zieliński, piotr@books.example, to Cc" }).click();
    await write(page, "The books are attached.");
    await send(page);
    expect(await delivered(id, subject)).toEqual({
      to: [LENA],
      cc: ["piotr@books.example"],
      envelope: [LENA, "piotr@books.example"],
    });
    expect((await desk.thread(id)).newcomers).toEqual([]);
  });

  test("fit into the window when there are fifty", async () => {
    const subject = "Everybody of the choir";
    const many = Array.from(
      { length: 49 },
      (_, at) => `singer-number-${at}@a-long-domain-of-the-choir.example`,
    );
    const id = await desk.receive({ subject, cc: many });
    const page = await windowOf(browser, "Maya Lindqvist", `/dashboard/tickets/${id}`, PHONE);
    await page.getByRole("button", { name: "and 44 more" }).click();
    await expect.poll(() => row(page, "Cc").count()).toBe(49);
    expect(await misfits(page)).toEqual([]);
  });
});
