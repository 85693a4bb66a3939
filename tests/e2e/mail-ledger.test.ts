import { randomUUID } from "node:crypto";
import mongoose from "mongoose";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { StoredInboundEmail } from "@/models/InboundEmailModel";
import { openBrowser, windowOf, visit } from "@/tests/support/browser/browser";
import { Desk } from "@/tests/support/desk/desk";
import { ledgerRow } from "@/tests/support/factories/ledger-rows";

let browser: Browser;
let desk: Desk;
let database: mongoose.Connection;

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
  database = await mongoose.createConnection(inject("app").mongodbUri).asPromise();
});

afterAll(async () => {
  await browser.close();
  await desk.close();
  await database.close();
});

const ledger = () => database.collection<StoredInboundEmail>("inboundemails");

describe("the mail ledger", () => {
  test("shows a new mail without a reload, with a link to its ticket", async () => {
    const page = await windowOf(browser, "Priya Nair");
    await page.getByRole("navigation").getByRole("link", { name: "Mail" }).first().click();
    await page.getByRole("heading", { name: "Mail", exact: true }).waitFor();
    const subject = "Export stops at row 500";
    const id = await desk.receive({ subject });

    const row = page.getByRole("listitem").filter({ hasText: subject });
    await row.getByText("Lena Hoffmann").waitFor();
    await row.getByRole("link", { name: `#${id.slice(-6)}` }).click();
    await page.waitForURL(`**/dashboard/tickets/${id}`);
    await page.getByRole("heading", { name: subject }).waitFor();
  });

  test("offers the raw file of a failed mail, and makes a ticket of it on Retry", async () => {
    const subject = `Broken ${randomUUID()}`;
    const raw = `From: Omar Farouk <omar@customers.example>\r\nSubject: ${subject}\r\n\r\nIs anybody there?\r\n`;
    const { _id } = ledgerRow({ envelopeFrom: "omar@customers.example" });
    await ledger().insertOne({
      ...ledgerRow({ envelopeFrom: "omar@customers.example" }),
      _id,
      raw: Buffer.from(raw),
      sizeBytes: raw.length,
    });
    const page = await windowOf(browser, "Priya Nair", "/dashboard/mail?state=failed");
    const row = page.getByRole("listitem").filter({ hasText: "omar@customers.example" });
    await row.getByText("Making a ticket of this mail failed").waitFor();

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      row.getByRole("link", { name: /Download/ }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
    expect(Buffer.concat(chunks).toString()).toBe(raw);

    await row.getByRole("button", { name: "Retry the mail of omar@customers.example" }).dblclick();
    await row.waitFor({ state: "detached" });
    await visit(page, "/dashboard/mail");
    await page.getByRole("listitem").filter({ hasText: subject }).getByText("Ticket").waitFor();

    const stored = await ledger().findOne({ _id });
    expect(stored).toMatchObject({ state: "ticketed", outcome: "opened", attempts: 0 });
    const thread = await desk.thread(stored?.threadId?.toHexString() ?? "");
    expect(thread).toMatchObject({
      subject,
      from: "omar@customers.example",
      status: "open",
      messageCount: 1,
    });
  });
});
