import { expect, test } from "vitest";
import { awaitDelivery } from "@/lib/outbound/await-delivery";
import { deliverStep } from "@/lib/outbound/deliver";
import { tellThreadStep } from "@/lib/outbound/tell-thread";
import { answer, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { storedMessage } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const server = await faultySmtpForFile();

test("whoever learns that a reply failed finds its ticket open, with the notice, though it was resolved with it", async () => {
  const { id } = await ticketByMail();
  const reply = await answer(id, { status: "resolved" });
  server.behave({ at: "rcpt", do: "answer", line: "550 5.1.1 No such user" });
  const assignment = { assignedTo: "", assignedToEmail: "", assignedToName: "", claimedAt: "" };
  const answered = awaitDelivery({ messageId: reply._id, state: "queued", assignment });
  await deliverStep();
  expect(await storedMessage(reply._id)).toMatchObject({ state: "failed" });
  expect(await Promise.race([answered, "nothing yet"])).toBe("nothing yet");
  await tellThreadStep();
  expect(await answered).toMatchObject({ ok: false, failure: { reason: "delivery_failed" } });
  expect(await storedThread(id)).toMatchObject({ status: "open", attention: { kind: "failed" } });
});
