import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StoredMessage } from "@/models/EmailMessageModel";
import { startMailCatcher, type MailCatcher } from "@/scripts/stand-ins/mail-catcher/server";
import { openBrowser, visit } from "@/tests/support/browser/browser";
import { ReplyCard } from "@/tests/support/browser/looks";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";
import { databaseUri } from "@/tests/support/database/database-uri";
import { Desk } from "@/tests/support/desk/desk";
import { rawMail } from "@/tests/support/factories/inbound-mails";
import { rawReport } from "@/tests/support/mail/delivery-reports";
import {
  bearer,
  createIndexesIn,
  startTeamApp,
  teamEnvironment,
  type AppProcess,
} from "@/tests/support/desk/team-app";

const LENA = "lena@customers.example";

let browser: Browser;
let mail: MailCatcher;
let app: AppProcess;
let desk: Desk;

beforeAll(async () => {
  [browser, mail] = [await openBrowser(), await startMailCatcher()];
  const mongodbUri = databaseUri("viewer");
  const env = teamEnvironment({ MONGODB_URI: mongodbUri, SMTP_URL: mail.smtpUrl });
  await createIndexesIn(env);
  app = await startTeamApp(env);
  desk = await Desk.open({ mongodbUri });
});

afterAll(async () => {
  await browser.close();
  await desk.close();
  await app.stop();
  await mail.close();
});

/** A page of the desk as somebody sees it who may only read. */
async function openAsViewer(path: string, onRefusal: (path: string) => void = () => {}): Promise<Page> {
  const exp = Math.floor(Date.now() / 1_000) + 600;
  const viewer = { sub: "user_vera", email: "vera@team.example", name: "Vera", metadata: { role: "viewer" } };
  const token = sessionToken({ ...viewer, azp: "http://desk.test", exp });
  const context = await browser.newContext({
    baseURL: app.url,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("response", (response) => {
    if (response.status() >= 400) onRefusal(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  await visit(page, path);
  return page;
}

async function receive(raw: Buffer): Promise<string> {
  const response = await fetch(`${app.url}/api/emails/inbound`, {
    method: "POST",
    headers: { "content-type": "message/rfc822", authorization: "Bearer inbound-secret-of-the-faults" },
    body: new Uint8Array(raw),
  });
  expect(response.status).toBe(202);
  return desk.ticketOf(((await response.json()) as { ledgerId: string }).ledgerId);
}

async function act(path: string, body: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${app.url}${path}`, {
    method: "POST",
    headers: { authorization: bearer("priya"), "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect([response.ok, await response.text()]).toEqual([true, expect.anything()]);
}

/** A ticket whose reply, by Priya, came back. */
async function cameBack(subject: string): Promise<string> {
  const id = await receive(rawMail({ header: { From: `Lena Hoffmann <${LENA}>`, Subject: subject } }));
  const { lastMessageId } = await desk.thread(id);
  await act("/api/emails/reply", { threadId: id, text: "It is done.", lastSeenMessageId: lastMessageId });
  const sent = async (): Promise<StoredMessage[]> =>
    (await desk.replies(id)).filter(({ state }) => state === "sent");
  await expect.poll(sent, { timeout: 15_000 }).toHaveLength(1);
  const [reply] = await sent();
  const header = { "Return-Path": "<>" };
  await receive(rawReport({ about: reply ?? null, recipients: [LENA], header }));
  await expect.poll(async () => (await desk.thread(id)).attention?.kind).toBe("came_back");
  return id;
}

/** Fails if the page has a button that changes something, or a field for a reply. */
async function expectNoneToAct(page: Page): Promise<void> {
  const names =
    /Seen|seen|Send|Retry|Mark|Correct|Claim|Resolve|Status|Reply|Assign|Decline|Take|More for|^Select/;
  expect(await page.getByRole("main").getByRole("button", { name: names }).allInnerTexts()).toEqual([]);
  expect(await page.getByRole("textbox", { name: "Your reply" }).count()).toBe(0);
  expect(await page.getByRole("checkbox").count()).toBe(0);
}

/** Fails if a key of the list selects, claims, assigns or resolves something. */
async function expectKeysToDoNothing(page: Page): Promise<void> {
  for (const key of ["j", "x", "Shift+X", "a", "c", "e"]) await page.keyboard.press(key);
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(await page.getByRole("group", { name: "Selection" }).count()).toBe(0);
}

test("somebody who may only read sees that a reply came back, and no buttons to act on it", async () => {
  const subject = "The kiln is broken";
  const id = await cameBack(subject);
  const page = await openAsViewer(`/dashboard/tickets/${id}`);
  await page.getByText("A reply came back: the mailbox does not exist.").waitFor();
  await page.getByText("Claimed by:").waitFor();
  const card = new ReplyCard(page);
  await card.says(`Came back from ${LENA}: the mailbox does not exist.`);
  expect(await card.quotations()).toEqual(["550 5.1.1 nobody of that name"]);
  await expectNoneToAct(page);

  await act("/api/emails/unclaim", { threadId: id });
  await visit(page, "/dashboard/tickets/unassigned");
  const row = page.getByRole("listitem").filter({ hasText: subject });
  await row.getByText("Came back: the mailbox does not exist.").waitFor();
  await expectNoneToAct(page);
  await row.getByRole("link", { name: subject }).click();
  await page.getByText("A reply came back: the mailbox does not exist.").waitFor();
  await expectNoneToAct(page);
});

test("somebody who may only read is offered no hand-over and no selection, and nothing that they open is refused", async () => {
  const subject = "The oven is cold";
  const id = await receive(rawMail({ header: { From: `Lena Hoffmann <${LENA}>`, Subject: subject } }));
  await act("/api/emails/claim", { threadId: id });
  await fetch(`${app.url}/api/team`, { headers: { authorization: bearer("tomas") } });
  await act("/api/emails/reassign", {
    ...{ threadId: id, assignedTo: "user_tomas", expectedAssignedTo: "user_priya", note: "Yours, I think." },
  });
  const refused: string[] = [];
  const page = await openAsViewer(`/dashboard/tickets/${id}`, (path) => refused.push(path));
  const history = page.getByRole("list", { name: "History" });
  await history.getByText("priya gave this to tomas").waitFor();
  await expectNoneToAct(page);
  await page.keyboard.press("a");
  expect(await page.getByRole("dialog").count()).toBe(0);

  for (const path of ["/dashboard/tickets", "/dashboard/tickets/unassigned"]) {
    await visit(page, path);
    await page
      .getByRole("link", { name: /^The (oven|kiln) is/ })
      .first()
      .waitFor();
    await expectKeysToDoNothing(page);
    await expectNoneToAct(page);
  }
  await visit(page, "/dashboard/team");
  const members = page.getByRole("list", { name: "Team members" });
  await members.getByText("tomas@team.example").waitFor();
  expect(await page.getByRole("button", { name: /^Actions for/ }).count()).toBe(0);
  await visit(page, "/dashboard/settings");
  await page.getByRole("heading", { name: "Only admins may open this page" }).waitFor();
  expect(refused).toEqual([]);
  expect(await desk.thread(id)).toMatchObject({
    assignedTo: "user_tomas",
    handover: { note: "Yours, I think." },
  });
});
