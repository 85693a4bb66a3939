import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { composeMail } from "@/lib/mail/compose";
import { sendMail } from "@/lib/mail/smtp";
import {
  startFaultySmtp,
  type Fault,
  type FaultStage,
  type FaultySmtp,
} from "@/tests/support/smtp/faulty-smtp";

let server: FaultySmtp;
const ENVELOPE = { from: "support@desk.example", to: ["customer@example.com"] };
const QUICK = { connectMs: 2_000, greetingMs: 300, silenceMs: 300, totalMs: 1_500 };

beforeAll(async () => void (server = await startFaultySmtp()));
afterAll(() => server.stop());
beforeEach(() => void server.mails.splice(0));

/** The outcome of sending a mail to a server with these faults. */
async function send(faults: Fault[], { url = server.url, to = ENVELOPE.to, timeouts = QUICK } = {}) {
  server.behave(...faults);
  const mail = composeMail(
    {
      rfcMessageId: "<one@desk.example>",
      inReplyTo: null,
      references: ["<one@desk.example>"],
      to,
      cc: [],
      subject: "Re: Billing",
      text: "Hello,\n\nthe invoice is attached.\n",
      at: new Date(0),
    },
    { address: ENVELOPE.from, name: "Support" },
  );
  const { takesUtf8: _, ...outcome } = await sendMail(mail, { ...ENVELOPE, to }, url, timeouts);
  return outcome;
}

describe("sendMail", () => {
  test("returns accepted with the server's answer once the server has taken the mail", async () => {
    expect(await send([])).toEqual({
      kind: "accepted",
      response: "250 2.0.0 Taken",
      rejected: [],
    });
    expect(server.accepted("<one@desk.example>")).toBe(1);
  });

  test("gives the server exactly the recipient of the envelope", async () => {
    await send([], { to: ["o'brien+tag=1@sub.example.com"] });
    expect(server.mails.map(({ mailFrom, rcptTo }) => [mailFrom, rcptTo])).toEqual([
      ["support@desk.example", ["o'brien+tag=1@sub.example.com"]],
    ]);
  });

  test("opens no connection for an address that is not one plain address", async () => {
    const before = server.connections();
    for (const to of ["a@x.example, b@x.example", "<a@x.example>", "a@x.example\r\nRCPT TO:<b@x>", "", "a"]) {
      expect(await send([], { to: [to] })).toMatchObject({ kind: "refused", permanent: true });
    }
    expect(server.connections()).toBe(before);
  });

  const early: FaultStage[] = ["greeting", "ehlo", "mail", "rcpt", "data"];
  test.each(early.flatMap((at) => (["drop", "reset", "hang"] as const).map((act) => ({ at, do: act }))))(
    "returns unreachable after a $do at $at, and nothing was taken",
    async (fault) => {
      expect(await send([fault])).toMatchObject({ kind: "unreachable" });
      expect(server.mails).toEqual([]);
    },
  );

  test.each(["drop", "reset", "hang", "accept_then_drop"] as const)(
    "returns unconfirmed after a %s between the final dot and its answer",
    async (act) => {
      expect(await send([{ at: "dot", do: act }])).toMatchObject({ kind: "unconfirmed" });
    },
  );

  test("returns unconfirmed after a break in the middle of the body", async () => {
    expect(await send([{ at: "body", do: "reset" }])).toMatchObject({ kind: "unconfirmed" });
  });

  test("returns unconfirmed if the answer drips in for longer than a session may take", async () => {
    const slow = { at: "dot", do: "drip", everyMs: 200 } as const;
    expect(await send([slow], { timeouts: { ...QUICK, totalMs: 700 } })).toMatchObject({
      kind: "unconfirmed",
    });
  });

  test("returns unreachable if nobody listens", async () => {
    expect(await send([], { url: "smtp://127.0.0.1:1" })).toEqual({
      kind: "unreachable",
      detail: "The mail server can't be reached right now.",
    });
  });

  const stages = ["mail", "rcpt", "data", "dot"] as const;
  test.each(stages.flatMap((at) => ["421", "450", "451", "452"].map((code) => ({ at, code }))))(
    "returns a temporary refusal on a $code at $at",
    async ({ at, code }) => {
      const outcome = await send([{ at, do: "answer", line: `${code} Come back later` }]);
      expect(outcome).toMatchObject({
        kind: "refused",
        permanent: false,
        detail: `The mail server asked to try again later: ${code} Come back later.`,
      });
    },
  );

  test.each([
    {
      at: "mail",
      line: "550 5.7.1 Not you",
      detail: "The mail server refused the sender: 550 5.7.1 Not you.",
    },
    {
      at: "rcpt",
      line: "550 No such user",
      detail: "The mail server refused the address: 550 No such user.",
    },
    { at: "data", line: "554 Not now", detail: "The mail server refused the message: 554 Not now." },
    { at: "dot", line: "552 Too big!", detail: "The mail server refused the message: 552 Too big!" },
  ] as const)("returns a permanent refusal on $line at $at", async ({ at, line, detail }) => {
    expect(await send([{ at, do: "answer", line }])).toEqual({
      kind: "refused",
      permanent: true,
      detail,
      rejected: [{ address: "customer@example.com", permanent: true, detail, said: line }],
    });
  });

  test.each([
    { at: "greeting", line: "554 No service" },
    { at: "greeting", line: "421 Closing" },
    { at: "auth", line: "535 5.7.8 Bad credentials" },
  ] as const)("returns unreachable on $line, which is not about the mail", async ({ at, line }) => {
    const url = server.url.replace("//", "//desk:s3cret-pass@");
    const outcome = await send([{ at, do: "answer", line }], { url });
    expect(outcome).toMatchObject({ kind: "unreachable" });
    expect(JSON.stringify(outcome)).not.toMatch(/s3cret|desk:/);
  });

  test("sends no password to a remote server that offers no TLS", async () => {
    // This machine, under an address that does not count as loopback.
    const url = `smtp://desk:s3cret-pass@0.0.0.0:${server.port}`;
    server.verbs.splice(0);
    expect(await send([], { url })).toEqual({
      kind: "unreachable",
      detail: "A protected connection to the mail server could not be set up.",
    });
    expect(server.verbs).not.toContain("AUTH");
    expect((await send([], { url: `${url}?requireTLS=false` })).kind).toBe("accepted");
  });

  test("returns unreachable if the server's certificate is self-signed", async () => {
    const selfSigned = new SMTPServer({ logger: false });
    selfSigned.on("error", () => {});
    await new Promise<void>((resolve) => void selfSigned.listen(0, "127.0.0.1", () => resolve()));
    const address = selfSigned.server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const outcome = await send([], { url: `smtp://127.0.0.1:${port}` });
    await new Promise<void>((resolve) => void selfSigned.close(() => resolve()));
    expect(outcome).toEqual({
      kind: "unreachable",
      detail: "A protected connection to the mail server could not be set up.",
    });
  });

  test("shows a hostile answer as one short line", async () => {
    const line = `550-\u202eevil\x07\r\n550 ${"x".repeat(5_000)}`;
    const outcome = await send([{ at: "rcpt", do: "answer", line }]);
    expect(outcome).toMatchObject({ kind: "refused", permanent: true });
    const detail = "detail" in outcome ? outcome.detail : "";
    expect(detail.length).toBeLessThan(400);
    expect(detail).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("tells the outcomes apart on a server with pipelining", async () => {
    const pipelined = await startFaultySmtp({ pipelining: true });
    const answers: unknown[] = [];
    for (const fault of [
      { at: "mail", do: "drop" },
      { at: "rcpt", do: "answer", line: "550 No such user" },
      { at: "dot", do: "accept_then_drop" },
    ] as const) {
      pipelined.behave(fault);
      answers.push((await send([], { url: pipelined.url })).kind);
    }
    await pipelined.stop();
    expect(answers).toEqual(["unreachable", "refused", "unconfirmed"]);
  });
});
