import { describe, expect, test } from "vitest";
import { setEnv } from "@/tests/support/routes/identities";
import { messagesOf } from "@/tests/support/factories/inbound-mails";
import { answerTo, DESK, deskForFile, mail } from "./case-desk";

const desk = await deskForFile();

describe("customers who answer one mail that the desk does not know", () => {
  test("have a ticket each, and each is answered", async () => {
    const news = {
      "In-Reply-To": "<november@news.shop.example>",
      References: "<november@news.shop.example>",
    };
    const one = await desk.receives(mail({ From: "ada@one.example", Subject: "Re: Our news", ...news }));
    const two = await desk.receives(mail({ From: "ben@two.example", Subject: "Re: Our news", ...news }));
    expect(two.threadId).not.toBe(one.threadId);
    for (const [ticket, address] of [
      [one, "ada@one.example"],
      [two, "ben@two.example"],
    ] as const) {
      expect((await desk.shows(ticket)).recipients).toEqual({ to: [address], cc: [] });
      await desk.answers(ticket);
    }
  });

  test("keep one ticket each when they write again", async () => {
    const news = { References: "<december@news.shop.example>" };
    const one = await desk.receives(mail({ From: "ada@one.example", ...news }));
    await desk.receives(mail({ From: "ben@two.example", ...news }));
    const again = await desk.receives(mail({ From: "Ada <ADA@one.example>", ...news }));
    expect(again.threadId).toBe(one.threadId);
  });
});

describe("a stranger who quotes a Message-ID of a ticket", () => {
  test("joins as new here, and nothing is addressed to them", async () => {
    const first = await desk.receives(mail({ From: "Lotte Riis <lotte@riis.example>" }));
    const stranger = await desk.receives(
      mail({
        From: "Sly <sly@elsewhere.example>",
        Cc: "pal@elsewhere.example",
        "Reply-To": "drop@elsewhere.example",
        ...answerTo(first.message),
      }),
    );
    expect(stranger).toMatchObject({ threadId: first.threadId, message: { isNewcomer: true } });
    expect(stranger.thread).toMatchObject({ from: "lotte@riis.example", fromName: "Lotte Riis" });
    const { ticket, recipients, newcomers } = await desk.shows(first);
    expect(ticket).toMatchObject({ from: "lotte@riis.example", hasNewcomer: true });
    expect(recipients).toEqual({ to: ["lotte@riis.example"], cc: [] });
    expect(newcomers).toContainEqual({
      address: "sly@elsewhere.example",
      name: "Sly",
      messageId: stranger.message._id,
      why: "wrote",
    });
    await desk.answers(first);
    expect((await desk.shows(first)).recipients).toEqual({ to: ["lotte@riis.example"], cc: [] });
  });

  test("joins by the Message-ID of a reply of ours as well", async () => {
    const first = await desk.receives(mail({ From: "lotte@riis.example" }));
    const { row } = await desk.answers(first);
    const stranger = await desk.receives(mail({ From: "sly@elsewhere.example", ...answerTo(row) }));
    expect(stranger).toMatchObject({ threadId: first.threadId, message: { isNewcomer: true } });
    expect((await desk.shows(first)).recipients).toEqual({ to: ["lotte@riis.example"], cc: [] });
  });
});

describe("a Message-ID that a mail only announces", () => {
  test("captures nobody's later mail", async () => {
    const guesses = ["<order-1001@shop.example>", "<order-1002@shop.example>"];
    const attacker = await desk.receives(
      mail({
        From: "mallory@guess.example",
        References: guesses.join(" "),
        "In-Reply-To": guesses[0] ?? null,
      }),
    );
    for (const [index, id] of guesses.entries()) {
      const from = `buyer${index}@buyers.example`;
      const buyer = await desk.receives(mail({ From: from, "Message-ID": id }));
      expect(buyer.threadId).not.toBe(attacker.threadId);
      const again = await desk.receives(mail({ From: from, ...answerTo(buyer.message) }));
      expect(again.threadId).toBe(buyer.threadId);
      expect((await desk.shows(buyer)).recipients).toEqual({ to: [from], cc: [] });
    }
    expect(await messagesOf(attacker.thread._id)).toHaveLength(1);
  });

  test("joins the sender's own earlier mail that arrives late", async () => {
    const answer = await desk.receives(
      mail({ From: "kim@late.example", "In-Reply-To": "<early@late.example>" }),
    );
    const late = await desk.receives(
      mail({ From: "kim@late.example", "Message-ID": "<early@late.example>" }),
    );
    expect(late.threadId).toBe(answer.threadId);
  });

  test("joins the mail of somebody whom the announcing mail was addressed to", async () => {
    const answer = await desk.receives(
      mail({
        From: "kim@late.example",
        To: `noor@late.example, ${DESK}`,
        "In-Reply-To": "<asked@late.example>",
      }),
    );
    const asked = await desk.receives(
      mail({ From: "noor@late.example", "Message-ID": "<asked@late.example>" }),
    );
    expect(asked.threadId).toBe(answer.threadId);
    expect((await desk.shows(answer)).recipients).toEqual({
      to: ["kim@late.example"],
      cc: ["noor@late.example"],
    });
  });
});

describe("one mail that comes directly and by a list with a footer", () => {
  const FOOTER = "\r\n-- \r\nCrew list, unsubscribe at https://lists.crew.example";
  const copies = (id: string, from: string) => {
    const both = { From: from, To: `${DESK}, crew@lists.crew.example`, "Message-ID": id };
    return {
      direct: mail({ ...both, Subject: "Lights are off" }, "The lights are off since noon. Yours, Jo"),
      byList: mail(
        {
          ...both,
          Subject: "[crew] Lights are off",
          Sender: "crew-bounces@lists.crew.example",
          "List-Id": "<crew.lists.crew.example>",
          "List-Post": "<mailto:crew@lists.crew.example>",
        },
        `The lights are off since noon. Yours, Jo${FOOTER}`,
      ),
    };
  };

  test.each([
    ["directly first", "direct", "byList", "jo@first.example"],
    ["by the list first", "byList", "direct", "jo@last.example"],
  ] as const)(
    "is one ticket if it comes %s, and the copy holds no reply",
    async (_what, first, second, jo) => {
      const pair = copies(`<lights-${jo}>`, `Jo <${jo}>`);
      const one = await desk.receives(pair[first]);
      const before = await desk.shows(one);
      const two = await desk.receives(pair[second]);
      expect(two.threadId).toBe(one.threadId);
      const { ticket, recipients, newcomers } = await desk.shows(one);
      expect(ticket).toMatchObject({
        from: jo,
        lastMessageId: before.ticket.lastMessageId,
        hasNewcomer: false,
      });
      expect({ recipients, newcomers }).toEqual({ recipients: { to: [jo], cc: [] }, newcomers: [] });
      await desk.answers(one);
    },
  );

  test("is a ticket of its own if other words came under the same Message-ID", async () => {
    const header = { From: "jo@twice.example", "Message-ID": "<twice@jo.example>" };
    const one = await desk.receives(mail(header, "The heating is broken, please call me."));
    const two = await desk.receives(mail(header, "Where is the invoice for our desks?"));
    expect(two.threadId).not.toBe(one.threadId);
  });
});

describe("the desk's own addresses", () => {
  test("split nothing on one mail: two of them are one ticket, and none is answered", async () => {
    const header = { From: "tilda@quist.example", To: DESK, Cc: "help+orders@claimdesk.example" };
    const raw = mail({ ...header, "Message-ID": "<both@quist.example>" });
    const one = await desk.receives(raw);
    const byOther = Buffer.concat([
      Buffer.from("Received: from a by b; Fri, 27 Nov 2026 08:00:01 +0000\r\n"),
      raw,
    ]);
    const again = await desk.receives(byOther);
    expect(again.threadId).toBe(one.threadId);
    expect((await desk.shows(one)).recipients).toEqual({ to: ["tilda@quist.example"], cc: [] });
  });

  test("may change: the answer to an old reply joins, and the old address is never a recipient", async () => {
    const first = await desk.receives(mail({ From: "Aino <aino@salo.example>" }));
    const { row } = await desk.answers(first);
    setEnv({ SUPPORT_ADDRESS: "hello@claimdesk.example" });
    const second = await desk.receives(
      mail({ From: "aino@salo.example", To: DESK, Cc: "hello@claimdesk.example", ...answerTo(row) }),
    );
    expect(second.threadId).toBe(first.threadId);
    expect((await desk.shows(first)).recipients).toEqual({ to: ["aino@salo.example"], cc: [] });
    const { row: later } = await desk.answers(first);
    expect(later.from).toBe("hello@claimdesk.example");

    const fresh = await desk.receives(
      mail({ From: "aino@salo.example", To: DESK, Cc: "help+x@claimdesk.example" }),
    );
    expect(fresh.threadId).not.toBe(first.threadId);
    expect((await desk.shows(fresh)).recipients).toEqual({ to: ["aino@salo.example"], cc: [] });
    setEnv({ SUPPORT_ADDRESS: DESK });
  });
});
