import { expect, test } from "vitest";
import { awaitDelivery } from "@/lib/outbound/await-delivery";
import { deliverStep } from "@/lib/outbound/deliver";
import { tellThreadStep } from "@/lib/outbound/tell-thread";
import { answer, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { storedMessage } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const server = await faultySmtpForFile();

/** How long the answer is waited for at most, in milliseconds. */
const PATIENCE_MS = 600;

test("whoever learns that a reply failed finds its ticket open, with the notice, though it was resolved with it", async () => {
  const { id } = await ticketByMail();
  const reply = await answer(id, { status: "resolved" });
  server.behave({ at: "rcpt", do: "answer", line: "550 5.1.1 No such user" });
  await deliverStep();
  expect(await storedMessage(reply._id)).toMatchObject({ state: "failed" });
  const assignment = { assignedTo: "", assignedToEmail: "", assignedToName: "", claimedAt: "" };
  const accepted = { messageId: reply._id, state: "queued" as const, assignment };
  const failure = { ok: false, failure: { reason: "delivery_failed" } };

  const askedAt = performance.now();
  expect(await awaitDelivery(accepted, PATIENCE_MS)).toMatchObject(failure);
  expect(performance.now() - askedAt).toBeGreaterThan(PATIENCE_MS / 2); // the ticket is not told yet

  const answered = awaitDelivery(accepted, 60_000);
  await tellThreadStep();
  expect(await answered).toMatchObject(failure);
  expect(await storedThread(id)).toMatchObject({ status: "open", attention: { kind: "failed" } });
});
