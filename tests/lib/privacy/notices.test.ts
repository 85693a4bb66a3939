import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requestErasure } from "@/lib/privacy/erasure";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { EmailMessage } from "@/models/EmailMessageModel";
import { answer, comesBack } from "@/tests/support/factories/answered-tickets";
import { deliver } from "@/tests/support/factories/inbound-mails";
import { deliverAll, storedMessage } from "@/tests/support/factories/mails";
import { admin, member, storedThread } from "@/tests/support/factories/threads";
import {
  customerOf,
  emptyDesk,
  eraseAll,
  mailFrom,
  newAddress,
  placesOf,
  retainAll,
  setRetention,
} from "@/tests/support/privacy/customers";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const server = await faultySmtpForFile();
beforeEach(() => server.behave());
afterEach(emptyDesk);

const WORDS = "550 5.1.1 nobody of that name at customers";
const later = (days: number) => new Date(Date.now() + days * 24 * 3_600_000);

async function erase(address: string) {
  await requestErasure(customerOf(address), admin());
  await eraseAll(new Date(Date.now() + 1_000));
  await retainAll(new Date());
}

/** A ticket whose first answer was refused and whose second one came back. */
async function missedTicket(address: string, header: Record<string, string> = {}) {
  const { threadId } = await deliver(mailFrom(address, { header }));
  server.behave({ at: "rcpt", do: "answer", line: WORDS });
  await answer(threadId);
  await deliverAll();
  server.behave();
  const reply = await answer(threadId, { text: "Once more" });
  await deliverAll();
  const { message } = await comesBack(reply, { recipients: [address], words: WORDS });
  return { threadId, message, reply };
}

describe("the notices of a ticket", () => {
  test("are erased with the customer whom a reply did not reach: no address and no word of a mail server is left", async () => {
    const address = newAddress();
    const { threadId } = await missedTicket(address);
    expect(await placesOf(address, WORDS)).not.toEqual([]);
    await erase(address);
    expect(await placesOf(address, WORDS)).toEqual([]);
    expect(await storedThread(threadId)).toMatchObject({ status: "resolved", attention: null });
  });

  test("are erased too if the report names nobody, since its reply was the customer's", async () => {
    const address = newAddress();
    const { threadId } = await deliver(mailFrom(address));
    const reply = await answer(threadId);
    await deliverAll();
    await comesBack(reply, { recipients: [], header: { "X-Loop": address } });
    await erase(address);
    expect(await placesOf(address)).toEqual([]);
  });

  test("lose an erased recipient and the server's words, and stay with the others of the ticket", async () => {
    const [address, other] = [newAddress(), newAddress()];
    const { threadId, reply } = await missedTicket(address, { Cc: other });
    await comesBack(reply, { recipients: [other], words: `${WORDS} for ${other}` });
    await erase(other);
    expect(await placesOf(`${WORDS} for`)).toEqual([]);
    // The customer's own mail stays as it arrived.
    expect((await placesOf(other)).map((place) => place.split("/")[0])).toEqual(["raw.chunks"]);
    const { _id } = await storedThread(threadId);
    const notices = await EmailMessage.find({ threadId: _id, "notice.kind": "came_back" }).lean();
    const named = notices.flatMap(({ notice }) => notice?.recipients.map((one) => one.address) ?? []);
    expect(named).toContain(address);
  });

  test("keep their kind and their reply, and lose their words, once a resolved ticket's texts are removed", async () => {
    const address = newAddress();
    const { threadId, message, reply } = await missedTicket(address);
    await setRetention({ closedBodiesDays: 30 });
    const seen = { lastSeenMessageId: message._id };
    await setTicketStatus(threadId, "resolved", member("Priya Nair"), seen);
    await retainAll(later(40));
    expect((await storedMessage(message._id)).notice).toMatchObject({
      kind: "came_back",
      replyId: reply._id,
      recipients: [],
      detail: "",
    });
    const { _id } = await storedThread(threadId);
    const stored = JSON.stringify(await EmailMessage.find({ threadId: _id, notice: { $ne: null } }).lean());
    expect(stored).not.toContain("nobody of that name");
  });
});
