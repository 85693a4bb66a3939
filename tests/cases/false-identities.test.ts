import { describe, expect, test } from "vitest";
import { messagesOf } from "@/tests/support/factories/inbound-mails";
import { DESK, deskForFile, mail } from "./case-desk";

const desk = await deskForFile();
const byServer = (verdict: string) => ({ "Authentication-Results": `mx.claimdesk.example; ${verdict}` });

/** A customer's ticket that was answered once, and the Message-ID of the answer. */
async function answeredTicket(customer: string) {
  const first = await desk.receives(mail({ From: customer }));
  const sent = await desk.answers(first);
  return { first, answer: sent.row.rfcMessageId };
}

describe("a mail whose writer is not who stands in From", () => {
  test.each([
    [
      "by a no-reply address",
      { From: "no-reply@evil.example", "Reply-To": "cus@one.example" },
      "cus@one.example",
    ],
    ["by the desk's own address", { From: DESK, "Reply-To": "cus@two.example" }, "cus@two.example"],
    [
      "by a list of its own",
      { From: "att@evil.example", "List-Id": "<att.evil.example>", "X-Original-Sender": "cus@three.example" },
      "cus@three.example",
    ],
    ["by two authors", { From: "cus@four.example, att@evil.example" }, "cus@four.example"],
    ["by two authors in one", { From: "<cus@five.example> <att@evil.example>" }, "cus@five.example"],
  ])("brings nobody into the customer's conversation: %s", async (_what, header, customer) => {
    const { first, answer } = await answeredTicket(customer);
    const raw = mail({
      ...byServer("dmarc=pass header.from=evil.example"),
      ...header,
      Cc: "mate@evil.example",
      "In-Reply-To": answer,
    });
    const forged = await desk.receives(raw);
    expect(forged.threadId).toBe(first.threadId);
    const { recipients, newcomers } = await desk.shows(first);
    expect(recipients).toEqual({ to: [customer], cc: [] });
    expect(newcomers.map(({ address }) => address)).toContain("mate@evil.example");
  });

  test("takes no ticket of a mail that names nobody", async () => {
    const first = await desk.receives(mail({ From: "Nobody <>", "Message-ID": "<nobody@void.example>" }));
    await desk.receives(
      mail({ From: "Nobody <>", Cc: "att@evil.example", "In-Reply-To": "<nobody@void.example>" }),
    );
    expect((await desk.shows(first)).recipients).toEqual({ to: [], cc: [] });
  });
});

describe("a mail with a Message-ID that came before", () => {
  test.each([
    ["in front", "Hello,", "Hello,\r\n\r\nmy order 5 is broken."],
    ["at the end", "Kind regards\r\nVera", "Please cancel it.\r\n\r\nKind regards\r\nVera"],
  ])("is kept although its words %s are another mail's", async (where, short, long) => {
    const header = { From: "vera@guess.example", "Message-ID": `<guessed-${where.length}@guess.example>` };
    const forged = await desk.receives(mail({ ...header, ...byServer("dmarc=fail") }, short));
    const own = await desk.receives(mail({ ...header, ...byServer("dmarc=pass") }, long));
    expect(own.threadId).not.toBe(forged.threadId);
    expect(own.message.text).toContain(long.split("\r\n").at(-1));
  });

  test("is kept if a web form gives everybody one Message-ID and the same words", async () => {
    const form = { From: "forms@shop.example", Subject: "Call me", "Message-ID": "<form@shop.example>" };
    const tickets = [
      await desk.receives(mail({ ...form, "Reply-To": "uwe@one.example" }, "Please call me back.")),
      await desk.receives(mail({ ...form, "Reply-To": "eva@two.example" }, "Please call me back.")),
    ];
    const shown = await Promise.all(tickets.map((ticket) => desk.shows(ticket)));
    expect(shown.map(({ recipients }) => recipients.to)).toEqual([["uwe@one.example"], ["eva@two.example"]]);
  });

  test("is not caught by somebody who announced it and copied its writer", async () => {
    const At = "<announced@victim.example>";
    const attack = await desk.receives(
      mail({ From: "att@evil.example", Cc: "vi@victim.example", "In-Reply-To": At }),
    );
    const tomorrow = new Date(Date.now() + 86_400_000).toUTCString();
    const own = await desk.receives(mail({ From: "vi@victim.example", "Message-ID": At, Date: tomorrow }));
    const later = await desk.receives(mail({ From: "vi@victim.example", "In-Reply-To": At }));
    expect(own.threadId).not.toBe(attack.threadId);
    expect(later.threadId).toBe(own.threadId);
    expect(await messagesOf(attack.thread._id)).toHaveLength(1);
  });
});

describe("a list's copy that comes first", () => {
  const both = { From: "li@list.example", "Message-ID": "<li@list.example>" };

  test("does not decide who is answered: the writer's own mail does", async () => {
    const words = "The pump is loud.";
    const footer = `${words}\r\n-- \r\nTo leave the list, write to leave@lists.example`;
    const copy = mail(
      {
        ...both,
        ...byServer("dmarc=fail header.from=list.example"),
        Subject: "[team] Pump",
        "List-Id": "<team.lists.example>",
        "Reply-To": "team@lists.example",
      },
      footer,
    );
    const direct = mail(
      {
        ...both,
        ...byServer("dmarc=pass header.from=list.example"),
        "Reply-To": "office@list.example",
        Cc: "friend@list.example",
      },
      words,
    );
    const one = await desk.receives(copy);
    const two = await desk.receives(direct);
    expect(two.threadId).toBe(one.threadId);
    const { recipients, newcomers, messages } = await desk.shows(one);
    expect(recipients).toEqual({ to: ["office@list.example"], cc: ["friend@list.example"] });
    expect(newcomers).toEqual([]);
    expect(messages.map(({ verification }) => verification)).toEqual(["verified"]);
  });
});

describe("a mail to more people than a conversation has", () => {
  test("fills it, and offers the others", async () => {
    const crowd = Array.from({ length: 60 }, (_, at) => `guest${at}@crowd.example`);
    const ticket = await desk.receives(mail({ From: "host@crowd.example", Cc: crowd.join(",\r\n ") }));
    const { participants, recipients, newcomers } = await desk.shows(ticket);
    expect(participants).toHaveLength(50);
    expect(recipients.to.length + recipients.cc.length).toBe(50);
    expect(newcomers).toHaveLength(11);
    await desk.answers(ticket);
  });
});
