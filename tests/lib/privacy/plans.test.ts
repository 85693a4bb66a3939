import { beforeAll, expect, test } from "vitest";
import { countCustomer } from "@/lib/privacy/count";
import { eraseStep, requestErasure } from "@/lib/privacy/erasure";
import { retentionStep } from "@/lib/privacy/retention";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { profiled } from "@/tests/support/database/profiled";
import { ledgerRow } from "@/tests/support/factories/ledger-rows";
import { createMail } from "@/tests/support/factories/mails";
import { admin, createThread } from "@/tests/support/factories/threads";
import { customerOf, setRetention } from "@/tests/support/privacy/customers";

const ROWS = 2_000;
const RARE = "rare@example.com";
const MODELS = [EmailThread, EmailMessage, InboundEmail] as const;

beforeAll(async () => {
  const thread = await createThread();
  const mail = await createMail(thread);
  const rows = Array.from({ length: ROWS }, (_, index) => index);
  await EmailMessage.collection.insertMany(
    rows.map((index) => ({ ...mail, _id: `m${index}`, from: `c${index}@example.com` })) as never[],
  );
  await EmailThread.collection.insertMany(
    rows.map((index) => ({
      subject: "Old",
      from: `c${index}@example.com`,
      participants: [{ address: `c${index}@example.com` }, { address: `d${index}@example.com` }],
      status: index % 2 ? "open" : "resolved",
      resolvedAt: new Date(),
    })),
  );
  await InboundEmail.collection.insertMany(
    rows.map((index) =>
      ledgerRow({
        state: index % 2 ? "ticketed" : "ignored",
        reason: "empty",
        envelopeFrom: `c${index}@example.com`,
        messageId: `m${index}`,
      }),
    ) as never[],
  );
  const own = await createThread({ from: RARE });
  await createMail(own, { from: RARE });
  const person = { key: RARE, address: RARE, name: null, role: "member" as const, at: new Date() };
  await createThread({ participants: [person] });
  await createMail(await createThread(), { forwardedFrom: { address: RARE, name: null } });
});

test.each([
  ["a dry run", () => countCustomer(customerOf(RARE))],
  [
    "an erasure",
    async () => {
      await requestErasure(customerOf(RARE), admin());
      while ((await eraseStep(new Date(Date.now() + 1_000))).worked);
    },
  ],
  [
    "a retention that finds nothing old enough",
    async () => {
      await setRetention({ rawMailDays: 5, closedBodiesDays: 5 });
      expect(await retentionStep(new Date())).toEqual({ worked: false });
    },
  ],
])("%s reads the rows it is about, by index", async (_, work) => {
  for (const model of MODELS) {
    for (const { docsExamined, planSummary } of await profiled(model, work)) {
      expect(planSummary ?? "", model.modelName).not.toContain("COLLSCAN");
      expect(docsExamined ?? 0, `${model.modelName}: ${planSummary}`).toBeLessThanOrEqual(30);
    }
  }
});
