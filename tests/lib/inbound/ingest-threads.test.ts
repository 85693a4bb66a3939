import { describe, expect, test } from "vitest";
import { aliasId } from "@/lib/mail/message-id";
import { EmailThread } from "@/models/EmailThreadModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import {
  deliver,
  ingestAll,
  messagesOf,
  rawMail,
  receive,
  storedRow,
} from "@/tests/support/factories/inbound-mails";

const INBOX = "support@desk.example";
/** The sender of mails that are one person's. */
const From = "Ada Reader <ada@reader.example>";

/** Receives the mails, then ingests them with as many workers as mails. */
async function deliverAtOnce(...raws: Buffer[]) {
  const receipts = await Promise.all(raws.map((raw) => receive(raw)));
  await Promise.all(raws.map(() => ingestAll()));
  return Promise.all(receipts.map((receipt) => storedRow(receipt.ledgerId)));
}

describe("mails that belong together", () => {
  test("are in one thread if one person's answers to an unknown mail arrive at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const answers = Array.from({ length: 6 }, () =>
        rawMail({ header: { From, References: `<unseen-${round}@example.com>` } }),
      );
      const rows = await deliverAtOnce(...answers);
      expect(rows.map((row) => row.state)).toEqual(answers.map(() => "ticketed"));
      expect(new Set(rows.map((row) => row.threadId?.toHexString())).size).toBe(1);
      const [threadId] = rows.map((row) => row.threadId);
      const thread = await EmailThread.findById(threadId).orFail().lean();
      expect(thread).toMatchObject({ messageCount: 6, revision: 6 });
      expect(await messagesOf(thread._id)).toHaveLength(6);
    }
  });

  test("are in one thread if an answer arrives before its mail", async () => {
    const answer = await deliver(rawMail({ header: { From, "In-Reply-To": "<late@example.com>" } }));
    const late = await deliver(rawMail({ header: { From, "Message-ID": "<late@example.com>" } }));
    expect(late.thread._id).toEqual(answer.thread._id);
    expect(late.thread.messageCount).toBe(2);
  });

  test("are in one thread if their References share an id that never arrived", async () => {
    const one = await deliver(
      rawMail({ header: { From, References: "<ancestor@example.com> <one@example.com>" } }),
    );
    const two = await deliver(
      rawMail({ header: { From, References: "<ancestor@example.com> <two@example.com>" } }),
    );
    expect(two.thread._id).toEqual(one.thread._id);
  });

  test("are two threads if two people answer one unknown mail, even at once", async () => {
    const answers = ["ada@reader.example", "bo@reader.example"].map((address) =>
      rawMail({ header: { From: address, References: "<newsletter@shop.example>" } }),
    );
    const rows = await deliverAtOnce(...answers);
    expect(new Set(rows.map((row) => row.threadId?.toHexString())).size).toBe(2);
  });

  test("are in one thread if somebody answers whom an earlier answer was addressed to", async () => {
    const header = { From, Cc: "Bo <bo@reader.example>", References: "<lunch@reader.example>" };
    const one = await deliver(rawMail({ header }));
    const two = await deliver(
      rawMail({ header: { From: "bo@reader.example", References: "<lunch@reader.example>" } }),
    );
    expect(two.thread._id).toEqual(one.thread._id);
  });

  test("are not caught by somebody who named their Message-ID before", async () => {
    const guess = await deliver(
      rawMail({ header: { From: "mallory@evil.example", References: "<next@reader.example>" } }),
    );
    const taken = await deliver(
      rawMail({ header: { From: "mallory@evil.example", "Message-ID": "<after@reader.example>" } }),
    );
    const next = await deliver(rawMail({ header: { From, "Message-ID": "<next@reader.example>" } }));
    const after = await deliver(rawMail({ header: { From, "Message-ID": "<after@reader.example>" } }));
    const own = await deliver(rawMail({ header: { From, "In-Reply-To": "<after@reader.example>" } }));
    const threads = [guess, taken, next, after].map(({ threadId }) => threadId);
    expect(new Set(threads).size).toBe(4);
    expect(own.threadId).toBe(after.threadId);
  });

  test("join the mail that they answer, even if their References name another thread", async () => {
    const other = await deliver(rawMail({ header: { "Message-ID": "<other@example.com>" } }));
    const answered = await deliver(rawMail({ header: { "Message-ID": "<answered@example.com>" } }));
    const header = { "In-Reply-To": "<answered@example.com>", References: "<other@example.com>" };
    const both = await deliver(rawMail({ header }));
    expect(both.thread._id).toEqual(answered.thread._id);
    expect(await ThreadAlias.findById(aliasId(INBOX, "<other@example.com>")).lean()).toMatchObject({
      threadId: other.thread._id,
    });
  });

  test("join the thread of the newest known reference", async () => {
    await deliver(rawMail({ header: { "Message-ID": "<old@example.com>" } }));
    const recent = await deliver(rawMail({ header: { "Message-ID": "<recent@example.com>" } }));
    const header = { References: "<old@example.com>\r\n <recent@example.com>,<unknown@example.com>" };
    const answer = await deliver(rawMail({ header }));
    expect(answer.thread._id).toEqual(recent.thread._id);
  });

  test("start a new ticket if theirs was deleted by hand", async () => {
    const { thread } = await deliver(rawMail({ header: { "Message-ID": "<deleted@example.com>" } }));
    await EmailThread.deleteOne({ _id: thread._id });
    const answer = await deliver(rawMail({ header: { From, "In-Reply-To": "<deleted@example.com>" } }));
    const next = await deliver(rawMail({ header: { From, "In-Reply-To": "<deleted@example.com>" } }));
    expect(answer.thread._id).not.toEqual(thread._id);
    expect(next.thread._id).toEqual(answer.thread._id);
  });
});

describe("mails without a Message-ID", () => {
  test("are separate tickets, with an id made from the mail", async () => {
    const one = await deliver(rawMail({ header: { "Message-ID": null } }));
    const two = await deliver(rawMail({ header: { "Message-ID": "<>" } }));
    expect(one.message.rfcMessageId).toBe(`<${one.row._id.slice(0, 40)}@no-message-id.invalid>`);
    expect(two.thread._id).not.toEqual(one.thread._id);
  });
});
