import { beforeEach, describe, expect, test } from "vitest";
import { ingestStep } from "@/lib/inbound/ingest";
import { takePostedMail } from "@/lib/inbound/posted-mail";
import { beat } from "@/lib/process/heartbeat";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { Worker } from "@/models/WorkerModel";
import { profiled } from "@/tests/support/database/profiled";
import { rawMail } from "@/tests/support/factories/inbound-mails";

/** Longer than the first mail takes on a busy machine. */
const PATIENCE_MS = 25_000;

beforeEach(async () => {
  await Promise.all([InboundEmail.deleteMany({}), Worker.deleteMany({})]);
});

async function* bodyOf(raw: Buffer) {
  yield raw;
}

async function arrived(): Promise<StoredInboundEmail> {
  for (;;) {
    const row = await InboundEmail.findOne().lean<StoredInboundEmail>();
    if (row) return row;
  }
}

describe("a mail that came by HTTP", () => {
  test("is filed by the worker, and its ticket is told as soon as it is there", async () => {
    await beat({ _id: "worker", kind: "worker" });
    const posted = takePostedMail(bodyOf(rawMail()), 0, PATIENCE_MS);
    const { _id } = await arrived();
    await new Promise(setImmediate);
    expect(await InboundEmail.findById(_id).lean()).toMatchObject({ state: "received", leaseId: null });
    await ingestStep();
    const row = await InboundEmail.findById(_id).orFail().lean();
    expect(await posted).toMatchObject({ ok: true, value: { threadId: row.threadId?.toHexString() } });
  });

  test("is looked for by its id alone, without its content, while the worker has it", async () => {
    await beat({ _id: "worker", kind: "worker" });
    const operations = await profiled(InboundEmail, async () => {
      const posted = takePostedMail(bodyOf(rawMail({ body: "x".repeat(100_000) })), 0, PATIENCE_MS);
      await arrived();
      await ingestStep();
      await posted;
    });
    const looks = operations.filter(({ planSummary, nreturned }) => planSummary === "IDHACK" && nreturned);
    for (const { responseLength } of looks) expect(responseLength).toBeLessThan(600);
    expect(looks.length).toBeGreaterThan(0);
  });

  test.each([
    ["no worker has run", async () => {}],
    ["the worker has ended", () => beat({ _id: "worker", kind: "worker" }, false)],
  ])("is filed by the process that took it if %s", async (_case, prepare) => {
    await prepare();
    const posted = await takePostedMail(bodyOf(rawMail()), 0, PATIENCE_MS);
    expect(posted).toMatchObject({ ok: true, value: { threadId: expect.stringMatching(/^[0-9a-f]{24}$/) } });
  });
});
