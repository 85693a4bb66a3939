import { simpleParser } from "mailparser";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toAddress } from "@/lib/mail/address";
import { composeMail } from "@/lib/mail/compose";
import { sendMail } from "@/lib/mail/smtp";
import { askForUtf8 } from "@/lib/mail/smtp-server-link";
import { startFaultySmtp, type Fault, type FaultySmtp } from "@/tests/support/smtp/faulty-smtp";

const ANN = "ann@farm.example";
const BEA = "bea@farm.example";
const BJÖRN = "björn@bäcker.example";
const QUICK = { connectMs: 2_000, greetingMs: 300, silenceMs: 300, totalMs: 1_500 };

let server: FaultySmtp;
let old: FaultySmtp;

beforeAll(async () => {
  server = await startFaultySmtp({ utf8: true });
  old = await startFaultySmtp();
});
afterAll(() => Promise.all([server.stop(), old.stop()]));
beforeEach(() => {
  for (const { mails, envelopes } of [server, old]) [mails, envelopes].forEach((list) => list.splice(0));
});

function send(
  to: string[],
  { fault, by = server, left = to }: { fault?: Fault; by?: FaultySmtp; left?: string[] } = {},
) {
  by.behave(...(fault ? [fault] : []));
  const [first = "", ...others] = to;
  const mail = composeMail(
    {
      rfcMessageId: "<one@desk.example>",
      inReplyTo: null,
      references: [],
      to: [first],
      cc: others,
      subject: "Re: Käse",
      text: "Grüße\n",
      at: new Date(0),
    },
    { address: "support@desk.example", name: "Support" },
  );
  return sendMail(mail, { from: "support@desk.example", to: left }, by.url, QUICK);
}

describe("a mail to several recipients", () => {
  test("goes out in one session that names each of them", async () => {
    expect(await send([ANN, BEA])).toMatchObject({ kind: "accepted", rejected: [] });
    expect(server.envelopes).toEqual([
      "MAIL FROM:<support@desk.example>",
      `RCPT TO:<${ANN}>`,
      `RCPT TO:<${BEA}>`,
    ]);
    expect(server.mails).toHaveLength(1);
  });

  test("has the same headers if it is only for one of them", async () => {
    await send([ANN, BEA]);
    await send([ANN, BEA], { left: [BEA] });
    const [first, second] = server.mails.map(({ raw }) => raw.replace(/boundary="[^"]*"/, ""));
    expect(second).toBe(first);
    expect(server.mails.map(({ rcptTo }) => rcptTo)).toEqual([[ANN, BEA], [BEA]]);
  });

  test.each([
    ["550 No such user", true, "The mail server refused the address: 550 No such user."],
    ["450 Greylisted", false, "The mail server asked to try again later: 450 Greylisted."],
  ])("is accepted without the one to whom the server says %s", async (line, permanent, detail) => {
    const outcome = await send([ANN, BEA], { fault: { at: "second", do: "answer", line } });
    expect(outcome).toMatchObject({ kind: "accepted", rejected: [{ address: BEA, permanent, detail }] });
    expect(server.mails.map(({ rcptTo }) => rcptTo)).toEqual([[ANN]]);
  });

  test("is unconfirmed after a break, but certainly not taken for the one who was left out", async () => {
    const outcome = await send([ANN, "nobody"], { fault: { at: "dot", do: "drop" } });
    expect(outcome).toMatchObject({ kind: "unconfirmed", rejected: [{ address: "nobody" }] });
  });

  test.each(["drop", "reset", "hang"] as const)(
    "is unreachable after a %s at its second recipient",
    async (act) => {
      expect(await send([ANN, BEA], { fault: { at: "second", do: act } })).toMatchObject({
        kind: "unreachable",
      });
      expect(server.mails).toEqual([]);
    },
  );

  test("is refused with the reason of each if the message is", async () => {
    const outcome = await send([ANN, BEA], { fault: { at: "dot", do: "answer", line: "554 Spam" } });
    const detail = "The mail server refused the message: 554 Spam.";
    expect(outcome).toMatchObject({
      kind: "refused",
      permanent: true,
      rejected: [ANN, BEA].map((address) => ({ address, permanent: true, detail })),
    });
  });

  test("goes out to the others if one is no address", async () => {
    expect(await send([ANN, "nobody"])).toMatchObject({
      kind: "accepted",
      rejected: [{ address: "nobody", permanent: true, detail: expect.stringContaining("nobody") }],
    });
    expect(server.mails.map(({ rcptTo }) => rcptTo)).toEqual([[ANN]]);
  });
});

describe("an address beyond ASCII", () => {
  test("goes out by SMTPUTF8, and stands in the header as it is", async () => {
    expect(await send([BJÖRN, ANN])).toMatchObject({ kind: "accepted", takesUtf8: true, rejected: [] });
    expect(server.envelopes).toEqual([
      "MAIL FROM:<support@desk.example> SMTPUTF8",
      `RCPT TO:<${toAddress(BJÖRN)}>`,
      `RCPT TO:<${ANN}>`,
    ]);
    const { to, subject } = await simpleParser(Buffer.from(server.mails[0]?.raw ?? "", "latin1"));
    expect([to ?? []].flat().flatMap(({ value }) => value)).toEqual([{ address: BJÖRN, name: "" }]);
    expect(subject).toBe("Re: Käse");
  });

  test("gets nothing from a server without SMTPUTF8, and a sentence says so", async () => {
    expect(await send([BJÖRN], { by: old })).toMatchObject({
      kind: "refused",
      permanent: true,
      takesUtf8: false,
      detail: expect.stringMatching(/^Our mail server takes no address with letters beyond a to z/),
    });
    expect(old.envelopes).toEqual([]);
  });

  test("does not keep the others from their mail there, whose headers are then ASCII", async () => {
    expect(await send([BJÖRN, ANN], { by: old })).toMatchObject({
      kind: "accepted",
      rejected: [{ address: BJÖRN, permanent: true }],
    });
    expect(old.mails.map(({ rcptTo }) => rcptTo)).toEqual([[ANN]]);
    expect(old.mails[0]?.raw).toMatch(/^\p{ASCII}*$/u);
  });

  test("is only named in the headers of a later attempt for somebody else", async () => {
    await send([BJÖRN, ANN], { left: [ANN] });
    expect(server.envelopes[0]).toBe("MAIL FROM:<support@desk.example>");
    expect(server.mails[0]?.raw).toMatch(/^\p{ASCII}*$/u);
  });

  test("does not change how other addresses are written", async () => {
    await send(["O'Brien+1@Farm.EXAMPLE", '"front desk"@inn.example']);
    expect(server.mails[0]?.rcptTo).toEqual(["O'Brien+1@Farm.EXAMPLE", '"front desk"@inn.example']);
  });

  test("in the domain alone needs no SMTPUTF8", async () => {
    expect(await send(["ann@bäcker.example"], { by: old })).toMatchObject({ kind: "accepted", rejected: [] });
    expect(old.envelopes[1]).toBe("RCPT TO:<ann@xn--bcker-gra.example>");
  });
});

test("askForUtf8 says what the server offers, without a mail", async () => {
  expect(await askForUtf8(server.url, QUICK)).toBe(true);
  expect(await askForUtf8(old.url, QUICK)).toBe(false);
  expect(await askForUtf8("smtp://127.0.0.1:1", QUICK)).toBeNull();
  server.behave({ at: "ehlo", do: "hang" });
  expect(await askForUtf8(server.url, { ...QUICK, totalMs: 400 })).toBeNull();
  expect([...server.envelopes, ...old.envelopes]).toEqual([]);
});
