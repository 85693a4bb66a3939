import { connect } from "node:net";
import { createTransport, type Transporter } from "nodemailer";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { env } from "@/lib/env";
import { MAIL_MAX_BYTES, readRawMail, REFUSED_HEAD_BYTES } from "@/lib/inbound/ledger";
import { startSmtpReceiver, type SmtpReceiver } from "@/lib/inbound/receiver";
import { InboundEmail } from "@/models/InboundEmailModel";
import { setEnv } from "@/tests/support/routes/identities";
import { rawMail } from "@/tests/support/factories/inbound-mails";

let receiver: SmtpReceiver;
let transport: Transporter;
const uri = env().MONGODB_URI;

beforeAll(async () => {
  receiver = await startSmtpReceiver({ port: 0, host: "127.0.0.1" });
  transport = createTransport({ host: "127.0.0.1", port: receiver.port, secure: false });
});

afterEach(async () => {
  setEnv({ MONGODB_URI: uri });
  await connectDb(uri);
});

afterAll(async () => {
  transport.close();
  await receiver.close();
});

const send = (raw: Buffer, from: string) =>
  transport.sendMail({ envelope: { from, to: "support@desk.example" }, raw });

const UP_TO_DATA = ["EHLO test", "MAIL FROM:<raw@example.com>", "RCPT TO:<a@desk.example>", "DATA"];

/**
 * Speaks SMTP by hand: sends each line once the answer to the one before has come, and gives all answers. After the
 * last line it waits for the end, or dies at once.
 */
function converse(
  lines: string[],
  then: "ends" | "dies" = "ends",
  port = receiver.port,
  atData = () => {},
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    const rest = [...lines];
    const socket = connect(port, "127.0.0.1");
    socket.setEncoding("utf8").once("error", reject);
    socket.once("close", () => resolve(answers));
    socket.on("data", (answer: string) => {
      answers.push(answer.trim());
      if (answer.startsWith("354")) atData();
      const line = rest.shift();
      if (line === undefined) return;
      if (rest.length > 0 || then === "ends") socket.write(`${line}\r\n`);
      else socket.end(line);
    });
  });
}

describe("the SMTP receiver", () => {
  test("puts off an address that sends faster than the desk takes, in words a mail server understands", async () => {
    setEnv({ RATE_LIMIT_FACTOR: "0.01" }); // six in a minute instead of 600
    try {
      const mail = ["MAIL FROM:<fast@example.com>", "RSET"];
      const many = await converse(["EHLO test", ...Array.from({ length: 7 }, () => mail).flat(), "QUIT"]);
      const toMail = many.filter((_, turn) => turn >= 2 && turn % 2 === 0);
      expect(toMail.slice(0, 7).map((line) => line.slice(0, 3))).toEqual([...Array(6).fill("250"), "451"]);
      expect(many.join("\n")).toMatch(/451 .*Try again later/);

      const greetings: string[] = [];
      for (let turn = 0; turn < 6; turn += 1) greetings.push((await converse(["QUIT"]))[0] ?? "");
      expect(greetings.map((line) => line.slice(0, 3))).toEqual([...Array(5).fill("220"), "421"]);
    } finally {
      setEnv({ RATE_LIMIT_FACTOR: "1000" });
    }
  });

  test("refuses a mail of more than 40 MB with 552 and keeps its beginning in the ledger", async () => {
    const raw = rawMail({ body: Buffer.alloc(MAIL_MAX_BYTES, "0123456789abcdef\r\n") });
    await expect(send(raw, "huge@example.com")).rejects.toMatchObject({ responseCode: 552 });
    const row = await InboundEmail.findOne({ envelopeFrom: "huge@example.com" }).orFail().lean();
    expect(row).toMatchObject({ state: "failed", envelopeTo: ["support@desk.example"] });
    expect(row.sizeBytes).toBeGreaterThan(MAIL_MAX_BYTES);
    expect(await readRawMail(row._id)).toEqual(raw.subarray(0, REFUSED_HEAD_BYTES));
  });

  test("refuses a mail that is announced as too large, and leaves a row without it", async () => {
    const answers = await converse(["EHLO test", "MAIL FROM:<announced@example.com> SIZE=50000000", "QUIT"]);
    expect(answers[2]).toMatch(/^552 /);
    expect(await InboundEmail.findOne({ envelopeFrom: "announced@example.com" }).lean()).toMatchObject({
      state: "failed",
      sizeBytes: 50_000_000,
    });
  });

  test("offers neither sign-in nor STARTTLS", async () => {
    const [, greeting = ""] = await converse(["EHLO test", "QUIT"]);
    expect(greeting).not.toMatch(/AUTH|STARTTLS/);
    expect((await converse(["EHLO test", "STARTTLS", "QUIT"]))[2]).toMatch(/^5\d\d /);
  });

  test("stores nothing of a mail that broke off", async () => {
    await converse([...UP_TO_DATA, "Subject: half\r\n\r\nThe sender dies he"], "dies");
    await converse(["EHLO test", "QUIT"]);
    expect(await InboundEmail.countDocuments({ envelopeFrom: "raw@example.com" })).toBe(0);
  });

  test("says 451 while the database is away, and takes the mail once it is back", async () => {
    const raw = rawMail();
    await disconnectDb();
    setEnv({ MONGODB_URI: "mongodb://127.0.0.1:9/?replicaSet=none" });
    await expect(send(raw, "patient@example.com")).rejects.toMatchObject({ responseCode: 451 });
    setEnv({ MONGODB_URI: uri });
    await disconnectDb();
    await send(raw, "patient@example.com");
    expect(await InboundEmail.countDocuments({ envelopeFrom: "patient@example.com" })).toBe(1);
  });

  test("lets a conversation end when it is closed, and takes no new one", async () => {
    const own = await startSmtpReceiver({ port: 0, host: "127.0.0.1" });
    let closing: Promise<void> | undefined;
    const answers = await converse(
      [...UP_TO_DATA, "Subject: last\r\n\r\nThe last one.\r\n.", "QUIT"],
      "ends",
      own.port,
      () => {
        closing = own.close();
      },
    );
    await closing;
    expect(answers[5]).toMatch(/^250 /);
    await expect(converse(["QUIT"], "ends", own.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await InboundEmail.countDocuments({ envelopeFrom: "raw@example.com", state: "received" })).toBe(1);
  });
});
