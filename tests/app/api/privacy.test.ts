import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as cancel from "@/app/api/privacy/erase/cancel/route";
import * as erase from "@/app/api/privacy/erase/route";
import * as erasures from "@/app/api/privacy/erasures/route";
import * as exporting from "@/app/api/privacy/export/route";
import * as settings from "@/app/api/settings/route";
import * as raw from "@/app/api/emails/inbound/[ledgerId]/raw/route";
import { AuditEvent } from "@/models/AuditEventModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { deliver } from "@/tests/support/factories/inbound-mails";
import { emptyDesk, eraseAll, mailFrom, newAddress } from "@/tests/support/privacy/customers";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";

const asAdmin = () => demoIdentity.headersOf("maya");
const put = (body: unknown, headers: Record<string, string> = {}) =>
  call(settings.PUT, "/api/settings", { method: "PUT", body, headers: { ...asAdmin(), ...headers } });
const retention = { rawMailDays: 30, closedBodiesDays: null };

beforeAll(demoIdentity.use);
afterEach(emptyDesk);

describe("PUT /api/settings", () => {
  test("stores the settings, and records who changed what", async () => {
    const get = () => call(settings.GET, "/api/settings", { headers: asAdmin() });
    expect(await get()).toMatchObject({
      status: 200,
      body: { retention: { rawMailDays: null, closedBodiesDays: null }, revision: 0 },
    });
    expect(await put({ retention, revision: 0 })).toMatchObject({
      status: 200,
      body: { retention, revision: 1 },
    });
    expect((await get()).body).toMatchObject({ retention, revision: 1 });
    expect(await AuditEvent.find().lean()).toMatchObject([
      {
        action: "settings_changed",
        by: { id: demoIdentity.team.maya.id },
        details: { before: { rawMailDays: null }, after: { rawMailDays: 30 } },
      },
    ]);
  });

  test("lets one of five simultaneous changes count, and tells the others what is set", async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((days) => put({ retention: { ...retention, rawMailDays: days }, revision: 0 })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    const won = answers.find(({ status }) => status === 200)?.body;
    for (const { status, body } of answers) {
      if (status === 409) expect(body).toMatchObject({ reason: "changed_meanwhile", settings: won });
    }
    expect(await AuditEvent.countDocuments()).toBe(1);
  });

  test("is carried out once for a change that is sent again with its key", async () => {
    const key = { "idempotency-key": "key-1" };
    const answers = [await put({ retention, revision: 0 }, key), await put({ retention, revision: 0 }, key)];
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 200, body: { retention, revision: 1 } });
    expect(await AuditEvent.countDocuments()).toBe(1);
  });

  test.each([0, -1, 1.5, 3_651, "7"])("refuses %j days", async (rawMailDays) => {
    expect(await put({ retention: { ...retention, rawMailDays }, revision: 0 })).toMatchObject({
      status: 400,
    });
  });
});

describe("POST /api/privacy/erase", () => {
  const request = (body: object, headers: Record<string, string> = {}) =>
    post(erase.POST, "/api/privacy/erase", body, { ...asAdmin(), ...headers });

  test("as a dry run says how much there is, and changes nothing", async () => {
    const address = newAddress();
    const { thread } = await deliver(mailFrom(address), { from: address });
    expect(await request({ address, dryRun: true })).toMatchObject({
      status: 200,
      body: { counts: { tickets: 1, messages: 1, attachments: 1, rawMails: 1 } },
    });
    expect(await EmailThread.findById(thread._id).lean()).toEqual(thread);
    expect(await AuditEvent.countDocuments()).toBe(0);
  });

  test.each([{}, { confirm: "" }, { confirm: "other@example.com" }])(
    "erases nothing without the address typed again: %j",
    async (confirm) => {
      const address = newAddress();
      expect(await request({ address, dryRun: false, ...confirm })).toMatchObject({
        status: 422,
        body: { reason: "not_confirmed" },
      });
      expect((await call(erasures.GET, "/api/privacy/erasures", { headers: asAdmin() })).body).toEqual({
        erasures: [],
      });
    },
  );

  test("starts one job however often it is sent, which the list shows until its end", async () => {
    const address = newAddress();
    await deliver(mailFrom(address), { from: address });
    const body = { address, dryRun: false, confirm: address.toLowerCase() };
    const key = { "idempotency-key": "key-1" };
    const [first, second] = [await request(body, key), await request(body, key)];
    expect(first).toMatchObject({
      status: 202,
      body: { erasure: { state: "running", done: { tickets: 0 } } },
    });
    expect(second.body).toEqual(first.body);
    await eraseAll(new Date(Date.now() + 1_000));
    const { body: list } = await call(erasures.GET, "/api/privacy/erasures", { headers: asAdmin() });
    expect(list).toMatchObject({
      erasures: [
        { state: "done", address: null, byName: "Maya Lindqvist", done: { tickets: 1, messages: 1 } },
      ],
    });
    expect(await request(body, key)).toMatchObject({ body: { erasure: { state: "done" } } });
  });

  test("is stopped by its cancellation", async () => {
    const address = newAddress();
    const { body } = await request({ address, dryRun: false, confirm: address });
    const { _id } = (body as { erasure: { _id: string } }).erasure;
    const stop = () => post(cancel.POST, "/api/privacy/erase/cancel", { erasureId: _id }, asAdmin());
    expect(await stop()).toMatchObject({ status: 200, body: { erasure: { state: "cancelled" } } });
    expect(await stop()).toMatchObject({ status: 200, body: { erasure: { state: "cancelled" } } });
  });

  test.each(["", "two@example.com, addresses@example.com", "no address", "a@b@c", "x".repeat(321)])(
    "refuses %j, which is not one address",
    async (address) => {
      expect(await request({ address, dryRun: true })).toMatchObject({ status: 400 });
    },
  );
});

test.each([
  ["erase", erase.POST, { dryRun: true }],
  ["erase", erase.POST, { dryRun: false, confirm: "support@desk.example" }],
  ["export", exporting.POST, { dryRun: true }],
  ["export", exporting.POST, { dryRun: false }],
] as const)("POST /api/privacy/%s refuses the desk's own address", async (name, handler, body) => {
  const address = "Support@desk.example";
  expect(await post(handler, `/api/privacy/${name}`, { address, ...body }, asAdmin())).toMatchObject({
    status: 400,
    body: { reason: "invalid_request", error: "This is the desk's own address. Enter a customer's." },
  });
  expect(await AuditEvent.countDocuments()).toBe(0);
});

describe("POST /api/privacy/export", () => {
  test("sends an archive to save, and records who took it", async () => {
    const address = newAddress();
    await deliver(mailFrom(address), { from: address });
    const ask = (dryRun: boolean) =>
      call(exporting.POST, "/api/privacy/export", {
        method: "POST",
        body: { address, dryRun },
        headers: asAdmin(),
        isText: true,
      });
    expect(await ask(true)).toMatchObject({ status: 200, body: { counts: { tickets: 1 } } });
    expect(await AuditEvent.countDocuments()).toBe(0);
    const { status, headers } = await ask(false);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/zip");
    expect(headers.get("content-disposition")).toContain('attachment; filename="customer-export.zip"');
    expect(headers.get("cache-control")).toBe("private, no-store");
    const [event] = await AuditEvent.find().lean();
    expect(event).toMatchObject({ action: "customer_exported", details: { tickets: 1 } });
    expect(JSON.stringify(event).toLowerCase()).not.toContain(address.toLowerCase());
  });
});

test("the download of a mail that was removed answers 410 with a sentence", async () => {
  const address = newAddress();
  const { row } = await deliver(mailFrom(address), { from: address });
  const download = () =>
    call(raw.GET, `/api/emails/inbound/${row._id}/raw`, {
      params: { ledgerId: row._id },
      headers: asAdmin(),
      isText: true,
    });
  expect(await download()).toMatchObject({ status: 200 });
  const body = { address, dryRun: false, confirm: address };
  await post(erase.POST, "/api/privacy/erase", body, asAdmin());
  await eraseAll(new Date(Date.now() + 1_000));
  expect(await download()).toMatchObject({ status: 410, body: { reason: "no_longer_kept" } });
});
