import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startApp } from "@/scripts/app-process";
import { freePort } from "@/scripts/ports";
import type { Fault as CardFault } from "@/scripts/stand-ins/discord/faults";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
import { ReplyCard, TicketList } from "@/tests/support/browser/looks";
import { databaseUri } from "@/tests/support/database/database-uri";
import { Desk } from "@/tests/support/desk/desk";
import { createIndexesIn } from "@/tests/support/desk/team-app";
import { startFaultySmtp, type Fault as MailFault, type FaultySmtp } from "@/tests/support/smtp/faulty-smtp";

const PRIYA = "user_demo_priya";
const REFUSAL = "550 5.1.1 <lena@customers.example>: we have no such mailbox";
const INVALID_TOKEN: CardFault = { kind: "error", status: 401, code: 50027 };

let browser: Browser;
let smtp: FaultySmtp;
let discord: DiscordStandIn;
let app: ChildProcess;
let desk: Desk;
let url = "";

// The demo's app, with a mail server and a Discord that fail as told.
beforeAll(async () => {
  [browser, smtp, discord] = [await openBrowser(), await startFaultySmtp(), await startDiscordStandIn()];
  const mongodbUri = databaseUri("attention_delivery");
  const [port, inboundPort] = [await freePort(5_500), await freePort(5_600)];
  url = `http://localhost:${port}`;
  const env = {
    MONGODB_URI: mongodbUri,
    APP_URL: url,
    AUTH_MODE: "demo",
    DEMO_SESSION_SECRET: randomBytes(32).toString("base64url"),
    RATE_LIMIT_FACTOR: "1000",
    SUPPORT_ADDRESS: "support@desk.example",
    SUPPORT_NAME: "Desk Support",
    SMTP_URL: smtp.url,
    INBOUND_SMTP_PORT: String(inboundPort),
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
    DISCORD_API_URL: discord.url,
  };
  await createIndexesIn(env);
  app = await startApp(port, env);
  await vi.waitUntil(() => takesMail(inboundPort), { timeout: 30_000 }); // its worker, a little later
  desk = await Desk.open({ mongodbUri, inboundPort, discordUrl: discord.url });
});

function takesMail(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

afterAll(async () => {
  await browser.close();
  await desk.close();
  await new Promise<void>((resolve) => {
    app.once("exit", () => resolve());
    app.kill("SIGTERM");
  });
  await smtp.stop();
  await discord.close();
});

beforeEach(() => {
  smtp.behave();
  discord.faults.clear();
});

/** The mail server meets each of the next connections with this fault: at its start the desk makes one without a mail. */
function meetEach(fault: MailFault): void {
  smtp.behave(...Array.from({ length: 10 }, () => fault));
}

/** A new ticket, which Priya answers and resolves on its page. */
async function answeredOnPage(subject: string) {
  const id = await desk.receive({ subject });
  const page = await windowOf(browser, "Priya Nair", `/dashboard/tickets/${id}`, undefined, url);
  await page.getByRole("textbox", { name: "Your reply" }).fill("I refunded it.");
  await page.getByRole("button", { name: "Then: In progress" }).click();
  await page.getByRole("menuitemradio", { name: "Resolved" }).click();
  await page.getByRole("button", { name: /^Send/ }).click();
  return { id, page, card: new ReplyCard(page) };
}

/** The ticket's row in Mine, under Needs a look, as another window of Priya's shows it. */
async function rowOf(subject: string, why: string) {
  const list = await TicketList.open(browser, "Priya Nair", "Mine", url);
  await list.row(subject).getByText(why).waitFor();
  expect(await list.rowsToLookAt()).toContain(subject);
  await expect.poll(() => list.needingALook()).toBe(await desk.needingALook(PRIYA));
}

const stateOf = async (id: string) => (await desk.replies(id)).map(({ state }) => state);
const seen = (page: Page) => page.getByRole("button", { name: "Seen", exact: true });

describe("Reply and resolve", () => {
  test("over a mail server that refuses the reply opens the ticket and quotes the server; Retry sends it", async () => {
    const subject = "Order 17 is late";
    meetEach({ at: "rcpt", do: "answer", line: REFUSAL });
    const { id, page, card } = await answeredOnPage(subject);
    await page.getByText("A reply was not delivered: the mailbox does not exist.").waitFor();
    await card.says("Not delivered");
    await card.says("The mail server wrote:");
    expect(await card.quotations()).toEqual([expect.stringContaining("we have no such mailbox")]);
    expect(await stateOf(id)).toEqual(["failed"]);
    expect(await desk.thread(id)).toMatchObject({ status: "open", attention: { kind: "failed" } });
    await rowOf(subject, "Not delivered: the mailbox does not exist.");

    smtp.behave();
    await card.card.getByRole("button", { name: "Retry" }).click();
    await expect.poll(() => stateOf(id), { timeout: 15_000 }).toEqual(["sent"]);
    expect(smtp.mails.filter(({ raw }) => raw.includes(subject))).toHaveLength(1);
    await seen(page).waitFor({ state: "detached" });
    expect(await desk.needingALook(PRIYA)).toBe(0);
  });

  test("over a mail server that does not confirm the reply opens the ticket; after Mark as sent nothing needs a look", async () => {
    const subject = "Order 18 is late";
    meetEach({ at: "dot", do: "accept_then_drop" });
    const { id, page, card } = await answeredOnPage(subject);
    await card.says("The mail server broke off before confirming. Lena may have this reply.");
    await page.getByText("The mail server broke off before confirming a reply.").waitFor();
    expect(await stateOf(id)).toEqual(["unconfirmed"]);
    expect(await desk.thread(id)).toMatchObject({ status: "open", attention: { kind: "unconfirmed" } });
    await rowOf(subject, "Unconfirmed: the mail server broke off.");

    await card.card.getByRole("button", { name: "Mark as sent" }).click();
    await card.says("This reply counts as sent.");
    await seen(page).waitFor({ state: "detached" });
    expect(await stateOf(id)).toEqual(["sent"]);
    expect((await desk.thread(id)).attention).toBeNull();
    expect(await desk.needingALook(PRIYA)).toBe(0);
  });
});

test("while Discord refuses the webhook every page says that cards are paused, and Resume sends the waiting card", async () => {
  discord.faults.next(INVALID_TOKEN, { method: "POST" });
  discord.faults.next(INVALID_TOKEN, { method: "GET" });
  const id = await desk.receive({ subject: "Order 19 is late" });
  const page = await windowOf(browser, "Priya Nair", undefined, undefined, url);
  const resume = page.getByRole("button", { name: "Resume cards" });
  await resume.waitFor();
  const notice = page.getByRole("status").filter({ has: resume });
  expect(await notice.innerText()).toMatch(/Paused since .+ It is tried again by itself at /);
  await expect(desk.card(id)).rejects.toThrow("0 cards");

  // In the first seconds Discord is not asked again, so one presses until it was.
  const isResumed = async () => {
    await resume.click({ timeout: 1_000 }).catch(() => {});
    return page.getByText("Cards are sent to Discord again.").isVisible();
  };
  await expect.poll(isResumed, { timeout: 30_000, interval: 500 }).toBe(true);
  await resume.waitFor({ state: "detached" });
  await expect.poll(() => desk.card(id).catch(String), { timeout: 15_000 }).toContain("Order 19 is late");
});
