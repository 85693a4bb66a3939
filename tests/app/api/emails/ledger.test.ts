import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GET as deskStatus } from "@/app/api/desk-status/route";
import { POST as retry } from "@/app/api/emails/inbound/[ledgerId]/retry/route";
import { GET as ledger } from "@/app/api/emails/ledger/route";
import { GET as summary } from "@/app/api/emails/ledger/summary/route";
import { MAIL_MAX_BYTES } from "@/lib/inbound/ledger";
import { beat } from "@/lib/process/heartbeat";
import { InboundEmail } from "@/models/InboundEmailModel";
import { Worker } from "@/models/WorkerModel";
import { storedRow } from "@/tests/support/factories/inbound-mails";
import { createLedgerRow, ledgerRow } from "@/tests/support/factories/ledger-rows";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

const HOUR_MS = 60 * 60_000;
const UNKNOWN_ID = "0".repeat(64);

describe.each(IDENTITIES)("the mail ledger with $how sessions", ({ use, headersOf }) => {
  beforeAll(use);
  beforeEach(async () => {
    await InboundEmail.deleteMany({});
  });

  const read = (handler: typeof ledger, path: string) => call(handler, path, { headers: headersOf("priya") });
  const pressRetry = (ledgerId: string, name: "priya" | "maya" = "priya", headers = {}) =>
    call(retry, `/api/emails/inbound/${ledgerId}/retry`, {
      method: "POST",
      headers: { ...headersOf(name), ...headers },
      params: { ledgerId },
    });

  test("lists mails by state and page by page, without their content", async () => {
    const older = await createLedgerRow({ receivedAt: new Date(Date.now() - HOUR_MS) });
    const newer = await createLedgerRow();
    await createLedgerRow({ state: "ignored", reason: "empty" });
    const first = await read(ledger, "/api/emails/ledger?state=failed&limit=1");
    expect(first).toMatchObject({ status: 200, body: { mails: [{ _id: newer, canRetry: true }] } });
    const second = await read(
      ledger,
      `/api/emails/ledger?state=failed&limit=1&cursor=${String(first.body?.nextCursor)}`,
    );
    expect(second.body).toMatchObject({ mails: [{ _id: older }], nextCursor: null });
    expect(JSON.stringify(first.body)).not.toMatch(/raw|lease|arrivalId|retryOp/);
  });

  test.each([
    ...["state=queued", "state=", "state[$ne]=failed", "state=failed&state=ignored", "limit=0", "limit=101"],
    ...["cursor=x", `cursor=1-${"z".repeat(64)}`, `cursor=-${UNKNOWN_ID}`, "q=lena", "__proto__=x"],
  ])("answers 400 to ?%s", async (query) => {
    expect(await read(ledger, `/api/emails/ledger?${query}`)).toMatchObject({
      status: 400,
      body: { reason: "invalid_request" },
    });
  });

  test("counts the mails of a day and a week, and answers 400 to any parameter", async () => {
    await createLedgerRow();
    const answer = await read(summary, "/api/emails/ledger/summary");
    expect(answer).toMatchObject({ status: 200, body: { day: { received: 1, failed: 1 }, week: {} } });
    expect((await read(summary, "/api/emails/ledger/summary?days=3")).status).toBe(400);
  });

  test.each(["priya", "maya"] as const)("lets %s retry a failed mail once", async (name) => {
    const id = await createLedgerRow();
    expect(await pressRetry(id, name)).toMatchObject({ status: 200, body: { success: true, ledgerId: id } });
    expect(await storedRow(id)).toMatchObject({ state: "received", attempts: 0 });
    expect(await pressRetry(id, name)).toMatchObject({
      status: 409,
      body: { reason: "nothing_to_retry", error: "This mail is being tried already.", state: "received" },
    });
  });

  test("answers a retry with the same key as before", async () => {
    const id = await createLedgerRow();
    const key = { "idempotency-key": "one-press" };
    const answers = [await pressRetry(id, "priya", key), await pressRetry(id, "priya", key)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test("answers 409 with advice to a retry of a mail that was too large", async () => {
    const id = await createLedgerRow({ sizeBytes: MAIL_MAX_BYTES + 1 });
    expect(await pressRetry(id)).toMatchObject({
      status: 409,
      body: { reason: "mail_too_large", error: expect.stringContaining("Ask the sender") },
    });
    expect(await storedRow(id)).toMatchObject({ state: "failed" });
  });

  test("answers 404 if there is no such mail, and 400 to an invalid id", async () => {
    expect(await pressRetry(UNKNOWN_ID)).toMatchObject({
      status: 404,
      body: { reason: "not_found", error: "There is no such mail." },
    });
    expect((await pressRetry("x")).status).toBe(400);
  });

  test("shows that cards are off, and no silence while mail comes as usual and a worker runs", async () => {
    await createLedgerRow();
    await beat({ _id: "own", kind: "worker" });
    expect((await read(deskStatus, "/api/desk-status")).body).toStrictEqual({
      worker: null,
      cards: { state: "off" },
      mail: { silence: null },
      stopped: 0,
    });
  });

  test("shows since when no worker has beaten, if that is longer than a minute", async () => {
    await Worker.deleteMany();
    expect((await read(deskStatus, "/api/desk-status")).body).toMatchObject({ worker: { since: null } });
    const beatAt = new Date(Date.now() - 2 * 60_000);
    await Worker.create({ _id: "own", kind: "worker", isRunning: true, beatAt });
    expect((await read(deskStatus, "/api/desk-status")).body).toMatchObject({
      worker: { since: beatAt.toISOString() },
    });
  });

  test("shows since when no mail has come, if that is unusually long", async () => {
    const last = Date.now() - 5 * HOUR_MS;
    const rows = Array.from({ length: 400 }, (_, index) =>
      ledgerRow({ receivedAt: new Date(last - index * HOUR_MS) }),
    );
    await InboundEmail.insertMany(rows);
    expect((await read(deskStatus, "/api/desk-status")).body).toMatchObject({
      mail: { silence: { since: new Date(last).toISOString(), usualGapMs: HOUR_MS } },
    });
  });
});
