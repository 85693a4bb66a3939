import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createTransport } from "nodemailer";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { POST } from "@/app/api/emails/inbound/route";
import { env } from "@/lib/env";
import { collectMail } from "@/lib/inbound/collect-mail";
import {
  beginIntake,
  intakeNow,
  LARGE_MAILS_BYTES,
  LARGE_MAILS_OF_SENDER_BYTES,
  SMALL_MAIL_BYTES,
} from "@/lib/inbound/intake";
import { MAIL_MAX_BYTES } from "@/lib/inbound/ledger";
import { startSmtpReceiver, type SmtpReceiver } from "@/lib/inbound/receiver";
import { SMTP_LIMITS, type SmtpLimits } from "@/lib/inbound/smtp-connections";
import { trusted } from "@/lib/store/db";
import { InboundEmail } from "@/models/InboundEmailModel";
import { rawMail } from "@/tests/support/factories/inbound-mails";

const MB = 1024 * 1024;
const { INBOUND_SECRET: secret = "" } = env();

afterEach(() => expect(intakeNow()).toEqual({ mails: 0, bytes: 0 }));

/** Reserves the memory for large mails, but for `leaving`, until the returned function is called. */
function fillLargeMails(leaving = 0): () => void {
  const intake = beginIntake({ announcedBytes: LARGE_MAILS_BYTES - leaving, sender: null });
  expect(intake).not.toBeNull();
  return () => intake?.release();
}

const mailOf = (bytes: number) => rawMail({ body: Buffer.alloc(bytes, "0123456789abcdef\r\n") });

describe("beginIntake", () => {
  test("gives back what was reserved, once", () => {
    const [first, second] = [1, 2].map(() => beginIntake({ announcedBytes: 10 * MB, sender: "a" }));
    expect(intakeNow()).toEqual({ mails: 2, bytes: 20 * MB });
    first?.release();
    first?.release();
    expect(intakeNow()).toEqual({ mails: 1, bytes: 10 * MB });
    second?.shrinkTo(1 * MB);
    expect(intakeNow()).toEqual({ mails: 1, bytes: 1 * MB });
    second?.release();
  });

  test("refuses a sender of large mails more than its share, and has room for others", () => {
    const all = Array.from({ length: 20 }, () => beginIntake({ announcedBytes: 4 * MB, sender: "a" }));
    expect(all.filter(Boolean)).toHaveLength(LARGE_MAILS_OF_SENDER_BYTES / (4 * MB));
    const other = beginIntake({ announcedBytes: MAIL_MAX_BYTES, sender: "b" });
    expect(other).not.toBeNull();
    for (const intake of [...all, other]) intake?.release();
  });

  test("takes in a bounded number of mails, whatever their size", () => {
    const all = Array.from({ length: 300 }, () => beginIntake({ announcedBytes: 0, sender: null }));
    expect(all.filter(Boolean)).toHaveLength(200);
    for (const intake of all) intake?.release();
  });
});

describe("collectMail", () => {
  const parts = Array.from({ length: 320 }, () => Buffer.alloc(64 * 1024, "x"));

  /** Turns of the event loop that other work of the process gets while `work` runs. */
  async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
    let turns = 0;
    let isDone = false;
    const counting = (async () => {
      for (; !isDone; turns += 1) await nextTurn();
    })();
    await work();
    isDone = true;
    await counting;
    return turns;
  }

  test.each([
    ["taken in", 0],
    ["dropped for want of room", LARGE_MAILS_BYTES],
  ])("lets other work go on after every 64 KB of a mail that is %s", async (_case, held) => {
    const [release, intake] = [
      fillLargeMails(LARGE_MAILS_BYTES - held),
      beginIntake({ announcedBytes: 0, sender: null }),
    ];
    if (!intake) throw new Error("no room to begin");
    expect(await turnsDuring(() => collectMail(parts, intake))).toBeGreaterThanOrEqual(300);
    intake.release();
    release();
  });

  test.each([1, 1_000, 70_000])("puts a mail together that comes in parts of %i bytes", async (size) => {
    const raw = mailOf(300_000);
    const cut = Array.from({ length: Math.ceil(raw.length / size) }, (_, i) =>
      raw.subarray(i * size, (i + 1) * size),
    );
    const intake = beginIntake({ announcedBytes: 0, sender: null });
    if (!intake) throw new Error("no room to begin");
    const mail = await collectMail(cut, intake);
    if (mail.outcome !== "whole") throw new Error(mail.outcome);
    expect(Buffer.concat(mail.raw).equals(raw)).toBe(true);
    expect(intakeNow().bytes).toBeLessThan(raw.length + 300_000);
    intake.release();
  });
});

/** The route behind a real HTTP server. */
const desk = createServer((incoming, outgoing) => {
  const url = `http://localhost:3000${incoming.url}`;
  const headers = new Headers(incoming.headers as Record<string, string>);
  // Node needs `duplex` if the body is a stream; the DOM's type lacks it.
  const init = { method: "POST", headers, body: Readable.toWeb(incoming), duplex: "half" } as RequestInit;
  void POST(new Request(url, init), { params: Promise.resolve({}) }).then(async (response) => {
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  });
});
beforeAll(() => once(desk.listen(0, "127.0.0.1"), "listening"));
afterAll(() => desk.close());

function startPost(headers: Record<string, string | number> = {}) {
  const options: RequestOptions = {
    port: (desk.address() as AddressInfo).port,
    method: "POST",
    path: "/api/emails/inbound",
    headers: { authorization: `Bearer ${secret}`, "content-type": "message/rfc822", ...headers },
    agent: false,
  };
  const posting = httpRequest(options);
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    posting.once("response", resolve).once("error", reject),
  );
  answered.catch(() => {}); // a test may break the connection off
  return { posting, answered };
}

async function post(raw: Buffer, isAnnounced = true): Promise<{ status?: number; retryAfter?: string }> {
  const { posting, answered } = startPost(isAnnounced ? { "content-length": raw.length } : {});
  posting.on("error", () => {}); // an answer may come before all is sent
  posting.end(raw);
  const { statusCode, headers } = await answered;
  return { status: statusCode, retryAfter: headers["retry-after"] };
}

describe("mail by HTTP", () => {
  test("answers 503 with Retry-After to mails beyond the room, before their bodies are read", async () => {
    const posts = Array.from({ length: 20 }, () => startPost({ "content-length": MAIL_MAX_BYTES }));
    const refused: { statusCode?: number; retryAfter?: string }[] = [];
    const waiting = new Set(posts);
    await new Promise<void>((resolve) => {
      for (const each of posts) {
        each.posting.flushHeaders();
        each.answered.then(
          ({ statusCode, headers }) => {
            waiting.delete(each);
            refused.push({ statusCode, retryAfter: headers["retry-after"] });
            if (refused.length === 18) resolve();
          },
          () => {},
        ); // broken off below
      }
    });
    expect(refused).toEqual(Array(18).fill({ statusCode: 503, retryAfter: "10" }));
    expect(intakeNow()).toEqual({ mails: 2, bytes: 2 * MAIL_MAX_BYTES });
    const [taken] = waiting;
    taken?.posting.end(Buffer.alloc(MAIL_MAX_BYTES, "From: a@example.com\r\n"));
    expect((await taken?.answered)?.statusCode).toBe(202);
    for (const { posting } of posts) posting.on("error", () => {}).destroy();
    await expect.poll(() => intakeNow().mails).toBe(0);
  });

  test("answers 503 to a mail without a size once it exceeds the room", async () => {
    const release = fillLargeMails(2 * SMALL_MAIL_BYTES);
    expect(await post(mailOf(3 * MB), false)).toEqual({ status: 503, retryAfter: "10" });
    release();
  });

  test("takes small mails while there is no room for large ones", async () => {
    const release = fillLargeMails();
    expect(await post(mailOf(900_000))).toMatchObject({ status: 202 });
    expect(await post(mailOf(2 * MB))).toMatchObject({ status: 503 });
    release();
  });

  test("gives the room of a broken connection back", async () => {
    const { posting, answered } = startPost({ "content-length": 10 * MB });
    const broken = expect(answered).rejects.toThrow();
    posting.write(mailOf(2 * MB));
    await expect.poll(() => intakeNow().bytes).toBe(10 * MB);
    posting.destroy();
    await broken;
    await expect.poll(() => intakeNow().bytes).toBe(0);
  });
});

async function startReceiver(limits: Partial<SmtpLimits> = {}): Promise<SmtpReceiver> {
  const receiver = await startSmtpReceiver({
    port: 0,
    host: "0.0.0.0",
    limits: { ...SMTP_LIMITS, ...limits },
  });
  onTestFinished(() => receiver.close());
  return receiver;
}

/** Sends a mail from one of this machine's addresses; returns the code of the server's answer. */
async function send({ port }: SmtpReceiver, raw: Buffer, localAddress = "127.0.0.1", size?: number) {
  const transport = createTransport({ host: "127.0.0.1", port, secure: false, localAddress });
  try {
    const envelope = { from: "a@example.com", to: ["b@desk.example"], ...(size ? { size } : {}) };
    return Number((await transport.sendMail({ envelope, raw })).response.slice(0, 3));
  } catch (error) {
    return (error as { responseCode?: number }).responseCode;
  } finally {
    transport.close();
  }
}

/** A connection to the receiver: what it has heard, and the end of it. */
class Client {
  private heard = "";
  readonly closed: Promise<string>;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding("utf8").on("data", (text: string) => (this.heard += text));
    socket.on("error", () => {}); // the receiver may cut it
    this.closed = new Promise((resolve) => socket.once("close", () => resolve(this.heard)));
    onTestFinished(() => void socket.destroy());
  }

  static async open({ port }: SmtpReceiver, localAddress = "127.0.0.1"): Promise<Client> {
    const client = new Client(connect({ port, host: "127.0.0.1", localAddress }));
    await client.answer();
    return client;
  }

  async say(line: string): Promise<string> {
    this.heard = "";
    this.socket.write(`${line}\r\n`);
    return this.answer();
  }

  /** Waits for a whole answer, or for the end. */
  async answer(): Promise<string> {
    while (!/^\d{3} .*\r\n$/m.test(this.heard) && !this.socket.closed)
      await Promise.race([once(this.socket, "data"), this.closed]);
    return this.heard;
  }

  write(text: string): void {
    this.socket.write(text);
  }

  destroy(): Promise<string> {
    this.socket.destroy();
    return this.closed;
  }
}

describe("mail by SMTP", () => {
  test("answers 451 to a mail beyond the room, and takes it later", async () => {
    const receiver = await startReceiver();
    const release = fillLargeMails();
    const large = mailOf(5 * MB);
    expect(await send(receiver, large)).toBe(451);
    expect(await send(receiver, mailOf(500_000))).toBe(250);
    release();
    expect(await send(receiver, large)).toBe(250);
    expect(
      await InboundEmail.countDocuments({ source: "smtp", sizeBytes: trusted({ $gte: large.length }) }),
    ).toBe(1);
  });

  test("answers 451 to the announced size of a mail for which there is no room", async () => {
    const client = await Client.open(await startReceiver());
    await client.say("EHLO test");
    const release = fillLargeMails(10 * MB);
    expect(await client.say(`MAIL FROM:<a@example.com> SIZE=${11 * MB}`)).toMatch(/^451 /);
    expect(await client.say(`MAIL FROM:<a@example.com> SIZE=${9 * MB}`)).toMatch(/^250 /);
    release();
  });

  test("gives the room of a broken connection back", async () => {
    const client = await Client.open(await startReceiver());
    for (const line of [
      "EHLO test",
      "MAIL FROM:<a@example.com> SIZE=5000000",
      "RCPT TO:<b@desk.example>",
      "DATA",
    ])
      await client.say(line);
    expect(intakeNow()).toEqual({ mails: 1, bytes: 5_000_000 });
    client.write("Subject: half\r\n");
    await client.destroy();
    await expect.poll(() => intakeNow().bytes).toBe(0);
  });

  test("keeps within one address's share when it sends many large mails at once, and takes another's", async () => {
    const receiver = await startReceiver();
    let most = 0;
    let isDone = false;
    const watching = (async () => {
      for (; !isDone; most = Math.max(most, intakeNow().bytes)) await new Promise(setImmediate);
    })();
    const many = Promise.all(Array.from({ length: 9 }, () => send(receiver, mailOf(8 * MB))));
    const other = await send(receiver, mailOf(20 * MB), "127.0.0.2");
    const codes = await many;
    isDone = true;
    await watching;
    expect(other).toBe(250);
    expect(codes.filter((code) => code === 250).length).toBeGreaterThanOrEqual(5);
    expect(codes.filter((code) => code !== 250 && code !== 451)).toEqual([]);
    expect(most).toBeLessThanOrEqual(LARGE_MAILS_OF_SENDER_BYTES + 21 * MB + 10 * SMALL_MAIL_BYTES);
  });

  test("lets another address in while one holds all the connections it may have", async () => {
    const receiver = await startReceiver();
    const idle = await Promise.all(Array.from({ length: 20 }, () => Client.open(receiver)));
    const greetings = await Promise.all(idle.map((client) => client.answer()));
    expect(greetings.filter((line) => line.startsWith("220"))).toHaveLength(10);
    expect(greetings.filter((line) => line.startsWith("421"))).toHaveLength(10);
    expect(await send(receiver, rawMail(), "127.0.0.2")).toBe(250);
    for (const client of idle) await client.destroy();
    expect(await send(receiver, rawMail())).toBe(250);
  });

  test("has a total that many addresses can fill, and one cannot", async () => {
    const receiver = await startReceiver({ connectionsMax: 15 });
    const from = (address: string, count: number) =>
      Promise.all(Array.from({ length: count }, () => Client.open(receiver, address)));
    const held = [...(await from("127.0.0.1", 10)), ...(await from("127.0.0.2", 5))];
    const [late] = await from("127.0.0.3", 1);
    expect(await late?.answer()).toMatch(/^421 /);
    for (const client of held) await client.destroy();
  });

  test.each([
    ["begins no mail", { beginMs: 50 }, []],
    ["begins no mail but talks", { beginMs: 300 }, ["EHLO test", "NOOP", "NOOP"]],
    [
      "begins mails and gives them up",
      { envelopeMs: 300 },
      ["EHLO test", "MAIL FROM:<a@b.example>", "RSET", "MAIL FROM:<a@b.example>"],
    ],
    [
      "does not come to the mail's end",
      { transferMs: 300 },
      ["EHLO test", "MAIL FROM:<a@b.example>", "RCPT TO:<b@desk.example>", "DATA"],
    ],
  ])("cuts off a connection that %s", async (_case, limits, lines) => {
    const client = await Client.open(await startReceiver(limits));
    for (const line of lines) await client.say(line);
    client.write(lines.includes("DATA") ? "Subject: half\r\n" : "");
    expect(await client.closed).toContain("421 Try again later: that took too long");
    await expect.poll(() => intakeNow().mails).toBe(0);
  });

  test("gives a connection new time after each mail", async () => {
    const client = await Client.open(await startReceiver({ beginMs: 300 }));
    const mail = [
      "MAIL FROM:<a@b.example>",
      "RCPT TO:<b@desk.example>",
      "DATA",
      "From: a@b.example\r\n\r\nHi\r\n.",
    ];
    for (const line of ["EHLO test", ...mail]) await client.say(line);
    expect(await client.closed).toContain("421 Try again later");
  });
});
