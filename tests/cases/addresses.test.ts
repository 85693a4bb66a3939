import { describe, expect, test } from "vitest";
import { answerTo, deskForFile, mail } from "./case-desk";

const desk = await deskForFile();

describe("a customer whose address is unusual", () => {
  test.each([
    ["umlauts before the @", "Käthe Öhm <käthe@öhm.example>", "käthe@xn--hm-eka.example"],
    [
      "an encoded name before umlauts",
      "=?utf-8?Q?=C3=98ivind?= <øivind@fjord.example>",
      "øivind@fjord.example",
    ],
    ["a domain in Unicode", "Rita Birn <rita@birnen-größe.example>", "rita@xn--birnen-gre-e4a9y.example"],
    ["an apostrophe and a plus", "D'Arcy <d'arcy+shop@vale.example>", "d'arcy+shop@vale.example"],
    ["dots that no rule allows", "dot..ted.@docomo.example", "dot..ted.@docomo.example"],
    ["an empty address before it", "<>, Rosa <rosa@empty.example>", "rosa@empty.example"],
  ])("is answered with %s", async (_what, from, address) => {
    const received = await desk.receives(mail({ From: from }));
    const { recipients, participants } = await desk.shows(received);
    expect(recipients).toEqual({ to: [address], cc: [] });
    expect(participants).toMatchObject([{ address, problem: null }]);
    await desk.answers(received);
  });

  test.each([
    ["a quoted part", 'Quill <"quill pen"@ink.example>', '"quill pen"@ink.example'],
    ["an underscore in its host", "runner@build_7.ink.example", "runner@build_7.ink.example"],
  ])("is answered, or the reason stands there before one writes, with %s", async (_what, from, address) => {
    const received = await desk.receives(mail({ From: from }));
    expect(received.thread.from).toBe(address);
    const { ticket, recipients, participants } = await desk.shows(received);
    const [customer] = participants;
    if (recipients.to.length > 0) {
      expect({ to: recipients.to, problem: customer?.problem }).toEqual({ to: [address], problem: null });
      return void (await desk.answers(received));
    }
    expect(customer).toMatchObject({ address, problem: expect.stringContaining(address) });
    const reply = { threadId: received.threadId, lastSeenMessageId: ticket.lastMessageId };
    expect(await desk.sends(reply)).toMatchObject({ status: 422, body: { reason: "no_recipient" } });
  });

  test("does not keep the others from their answer if mail cannot be sent to it", async () => {
    const received = await desk.receives(
      mail({ From: "nina@ink.example", Cc: "nobody@-, otto@ink.example" }),
    );
    expect((await desk.shows(received)).recipients).toEqual({
      to: ["nina@ink.example"],
      cc: ["otto@ink.example"],
    });
    await desk.answers(received);
  });
});

describe("a mail whose Message-ID is unusual", () => {
  test.each([
    ["two at signs", "<00ff$aa1@host@till.example>", "<00ff$aa1@host@till.example>"],
    ["no at sign", "<20261127080000.XYZ.till>", "<20261127080000.XYZ.till>"],
    ["no brackets", "bare-1@till.example", "<bare-1@till.example>"],
  ])("is answered in its thread with %s", async (_what, id, named) => {
    const received = await desk.receives(mail({ From: "til@till.example", "Message-ID": id }));
    const sent = await desk.answers(received);
    expect(sent.inReplyTo).toBe(named);
    expect(sent.references).toContain(named);
    const again = await desk.receives(mail({ From: "til@till.example", ...answerTo(sent.row) }));
    expect(again.threadId).toBe(received.threadId);
  });

  test("is answered, and the answer comes back, with a blank in it", async () => {
    const received = await desk.receives(
      mail({ From: "til@till.example", "Message-ID": "<blank 2@till.example>" }),
    );
    const sent = await desk.answers(received);
    const again = await desk.receives(mail({ From: "til@till.example", ...answerTo(sent.row) }));
    expect(again.threadId).toBe(received.threadId);
  });
});
