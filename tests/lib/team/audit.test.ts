import { expect, test } from "vitest";
import { inTransaction } from "@/lib/store/db";
import { recordAudit } from "@/lib/team/audit";
import { AuditEvent } from "@/models/AuditEventModel";
import { admin } from "@/tests/support/factories/threads";

const maya = admin();
const stored = (subject: string) => AuditEvent.find({ subject }).lean();

test("keeps who did what to whom, and when", async () => {
  await recordAudit({
    by: maya,
    action: "member_removed",
    subject: "user_a",
    details: { reason: "by_admin" },
  });
  const { id, email, name } = maya;
  expect(await stored("user_a")).toEqual([
    {
      _id: expect.any(String),
      at: expect.any(Date),
      by: { id, email, name },
      action: "member_removed",
      subject: "user_a",
      details: { reason: "by_admin" },
    },
  ]);
});

test("stores a repeated act once", async () => {
  const act = { by: null, action: "member_restored", subject: "user_b", id: "operation-1" } as const;
  await Promise.all([recordAudit(act), recordAudit(act)]);
  await recordAudit(act);
  expect(await stored("user_b")).toHaveLength(1);
});

test("records nothing if the transaction of the act ends without a commit", async () => {
  await expect(
    inTransaction(async (session) => {
      await recordAudit({ by: maya, action: "member_removed", subject: "user_c" }, session);
      throw new Error("the act failed");
    }),
  ).rejects.toThrow("the act failed");
  expect(await stored("user_c")).toEqual([]);
});
