import type { Browser, Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { demoCookie } from "@/tests/support/browser/demo-sign-in";
import { Desk } from "@/tests/support/desk/desk";

const { url } = inject("app");
const UNASSIGNED = "/dashboard/tickets/unassigned";
let browser: Browser;
let desk: Desk;

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

const pathOf = (request: Request) => new URL(request.url()).pathname;
const isRead = (request: Request) => pathOf(request).startsWith("/api/emails/tickets");

/** The requests of `page` from now on for which `isMeant` is true, as "GET /path". */
function requestsOf(page: Page, isMeant = isRead): string[] {
  const requests: string[] = [];
  page.on("request", (request) => {
    if (isMeant(request)) requests.push(`${request.method()} ${request.url().slice(url.length)}`);
  });
  return requests;
}

async function post(path: string, body: object, memberId: string): Promise<void> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { cookie: await demoCookie(memberId), "content-type": "application/json", origin: url },
    body: JSON.stringify(body),
  });
  expect([response.status, await response.text()]).toEqual([200, expect.anything()]);
}

const claim = (threadId: string, memberId: string) => post("/api/emails/claim", { threadId }, memberId);
const claimButton = (page: Page, subject: string) => page.getByRole("button", { name: `Claim ${subject}` });
const openLink = (page: Page, subject: string) => page.getByRole("link", { name: subject }).first();

/** A new ticket, once all of its card is in the channel. */
async function newTicket(subject: string): Promise<string> {
  const id = await desk.receive({ subject });
  await desk.atRest();
  return id;
}

/** Waits until what happened so far has reached the windows: a later ticket is in their lists. */
async function settled(...pages: Page[]): Promise<void> {
  const subject = `Later question ${Math.random().toString(36).slice(2, 8)}`;
  await newTicket(subject);
  for (const page of pages) await openLink(page, subject).waitFor();
}

describe("an open page", () => {
  test("reads nothing again that the server rendered, and asks for no page ahead", async () => {
    const subject = "Rendered once";
    await newTicket(subject);
    const page = await windowOf(browser, "Priya Nair");
    await settled(page); // the stream is open
    const isAhead = (request: Request) => new URL(request.url()).searchParams.has("_rsc");
    for (const path of [UNASSIGNED, "/dashboard/tickets", "/dashboard/tickets?status=active"]) {
      const requests = requestsOf(page, (request) => isRead(request) || isAhead(request));
      await page.goto(path);
      await openLink(page, subject).waitFor();
      await settled(page);
      expect([path, requests]).toEqual([path, []]);
    }
    await page.context().close();
  });

  test("is not read again either after a click on a link of the desk", async () => {
    const subject = "Rendered for a click";
    await newTicket(subject);
    const page = await windowOf(browser, "Priya Nair");
    await settled(page);
    const reads = requestsOf(page);
    await page.getByRole("link", { name: /^All/ }).first().click();
    await page.getByRole("heading", { name: "All" }).waitFor();
    await settled(page);
    await openLink(page, subject).click();
    await page.getByRole("heading", { name: subject }).waitFor();
    await page
      .getByRole("link", { name: /^Unassigned/ })
      .first()
      .click();
    await page.getByRole("heading", { name: "Unassigned" }).waitFor();
    await settled(page);
    expect(reads).toEqual([]);
    await page.context().close();
  });
});

describe("an open window", () => {
  test("reads nothing again for a colleague's claim, status and unclaim: four windows of each of three members", async () => {
    const subject = "The invoice names the wrong company";
    const id = await newTicket(subject);
    const lists = [UNASSIGNED, "/dashboard/tickets/mine", "/dashboard/tickets?assignee=none"];
    const opened = ["Priya Nair", "Tomás Rivera", "Maya Lindqvist"].map(async (name) => {
      const own: Page[] = [];
      for (const path of [...lists, `/dashboard/tickets/${id}`])
        own.push(await windowOf(browser, name, path));
      return own;
    });
    const pages = (await Promise.all(opened)).flat();
    const at = (path: string) => pages.filter((page) => page.url().endsWith(path));
    await settled(...at(UNASSIGNED), ...at("?assignee=none"));

    const reads = pages.map((page) => requestsOf(page));
    await claim(id, "user_demo_tomas");
    for (const page of at(UNASSIGNED)) {
      await page
        .getByText(/Tomás claimed this/)
        .or(page.getByText("You claimed this"))
        .first()
        .waitFor()
        .catch(() => {});
      await claimButton(page, subject).waitFor({ state: "detached" });
    }
    for (const page of at("?assignee=none")) await openLink(page, subject).waitFor({ state: "detached" });
    for (const page of at(id)) await page.getByText(/Claimed by:/).waitFor();
    const [, tomas] = at("/mine");
    await openLink(tomas as Page, subject).waitFor();
    await desk.atRest();
    await post("/api/emails/status", { threadId: id, status: "waiting" }, "user_demo_tomas");
    for (const page of at(id)) await page.getByText("Waiting", { exact: true }).first().waitFor();
    await post("/api/emails/unclaim", { threadId: id }, "user_demo_tomas");
    for (const page of at(UNASSIGNED)) await claimButton(page, subject).waitFor();
    for (const page of at(id)) await page.getByText("Replying claims it").waitFor();
    await settled(...at(UNASSIGNED));
    expect(reads).toEqual(pages.map(() => []));
    await Promise.all(pages.map((page) => page.context().close()));
  });

  test("tells who claimed a ticket from the event alone, and counts again", async () => {
    const subject = "My vouchers are gone";
    const id = await newTicket(subject);
    const page = await windowOf(browser, "Priya Nair");
    await settled(page);
    const counter = async () =>
      (
        await page
          .getByRole("link", { name: /^Unassigned/ })
          .first()
          .innerText()
      ).match(/\d+/)?.[0];
    const stored = async () => {
      const headers = { cookie: await demoCookie("user_demo_priya") };
      const response = await fetch(`${url}/api/emails/tickets/counts`, { headers });
      return String(((await response.json()) as { unassigned: number }).unassigned);
    };
    await expect.poll(counter).toBe(await stored());
    const reads = requestsOf(page);
    await claim(id, "user_demo_tomas");
    await page.getByText(/Tomás claimed this/).waitFor();
    await expect.poll(counter).toBe(await stored());
    expect(reads).toEqual([]);
    await page.context().close();
  });

  test("reads a colleague's reply once if it shows the ticket, and not at all if it does not", async () => {
    const subject = "When do you open on Sunday";
    const id = await newTicket(subject);
    await claim(id, "user_demo_tomas");
    const [onTicket, onList] = [
      await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`),
      await windowOf(browser, "Maya Lindqvist", "/dashboard/tickets"),
    ];
    await settled(onList);
    const [ticketReads, listReads] = [requestsOf(onTicket), requestsOf(onList)];
    const text = "At ten, as on every day.";
    await post("/api/emails/reply", { threadId: id, text }, "user_demo_tomas");
    await onTicket.getByText(text).waitFor();
    await onTicket.getByText("Sent", { exact: true }).first().waitFor();
    await settled(onList);
    expect(listReads).toEqual([]);
    expect(ticketReads).toEqual([`GET /api/emails/tickets/${id}`]);
    await Promise.all([onTicket.context().close(), onList.context().close()]);
  });

  test("sends one request for its own claim, and two at most for its own reply", async () => {
    const subject = "Can I change the size";
    await newTicket(subject);
    const page = await windowOf(browser, "Priya Nair");
    await settled(page);
    const requests = requestsOf(page, (request) => pathOf(request).startsWith("/api/emails"));
    await claimButton(page, subject).click();
    await page.getByText("Yours.").waitFor();
    expect(requests).toEqual(["POST /api/emails/claim"]);

    await openLink(page, subject).click();
    await page.getByRole("textbox", { name: "Your reply" }).fill("Yes, until it is packed.");
    requests.length = 0;
    await page.getByRole("button", { name: /^Send/ }).first().click();
    await page.getByText("Sent", { exact: true }).first().waitFor();
    await page.getByRole("link", { name: /^All/ }).first().click();
    await settled(page);
    expect(requests[0]).toBe("POST /api/emails/reply");
    expect(requests.length).toBeLessThanOrEqual(2);
    await page.context().close();
  });
});
