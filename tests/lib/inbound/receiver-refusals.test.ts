import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { env } from "@/lib/env";
import { MAIL_MAX_BYTES, readRawMail, REFUSED_HEAD_BYTES } from "@/lib/inbound/ledger";
import { startSmtpReceiver } from "@/lib/inbound/receiver";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { InboundEmail } from "@/models/InboundEmailModel";
import { rawMail } from "@/tests/support/factories/inbound-mails";
import { setEnv } from "@/tests/support/routes/identities";
import { receiverForFile } from "@/tests/support/smtp/for-file";

const receiver = await receiverForFile();
const { send } = receiver;
const uri = env().MONGODB_URI;

afterEach(async () => {
  setEnv({ MONGODB_URI: uri });
  await connectDb(uri);
});

const UP_TO_DATA = ["EHLO test", "MAIL FROM:<raw@example.com>", "RCPT TO:<a@desk.example>", "DATA"];

/**
 * Speaks SMTP by hand: sends each line after the answer to the line before, and returns all answers. After the last
 * line it waits for the end, or breaks the connection off.
 */
function converse(
  lines: string[],
  then: "ends" | "dies" = "ends",
  { port = receiver.port, onData = () => {} } = {},
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    const rest = [...lines];
    const socket = connect(port, "127.0.0.1");
    socket.setEncoding("utf8").once("error", reject);
    socket.once("close", () => resolve(answers));
    socket.on("data", (answer: string) => {
      answers.push(answer.trim());
      if (answer.startsWith("354")) onData();
      const line = rest.shift();
      if (line === undefined) return;
      if (rest.length > 0 || then === "ends") socket.write(`${line}\r\n`);
      else socket.end(line);
    });
  });
}

describe("the SMTP receiver", () => {
  test("answers 451 or 421 to an address that sends too fast", async () => {
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

  test("refuses a mail that is announced as too large, and leaves a row without content", async () => {
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

  test("stores nothing of a mail whose connection broke", async () => {
    await converse([...UP_TO_DATA, "Subject: half\r\n\r\nThe sender dies he"], "dies");
    await converse(["EHLO test", "QUIT"]);
    expect(await InboundEmail.countDocuments({ envelopeFrom: "raw@example.com" })).toBe(0);
  });

  test("answers 451 while the database is away, and accepts the mail once it is back", async () => {
    const raw = rawMail();
    await disconnectDb();
    setEnv({ MONGODB_URI: "mongodb://127.0.0.1:9/?replicaSet=none" });
    await expect(send(raw, "patient@example.com")).rejects.toMatchObject({ responseCode: 451 });
    setEnv({ MONGODB_URI: uri });
    await disconnectDb();
    await send(raw, "patient@example.com");
    expect(await InboundEmail.countDocuments({ envelopeFrom: "patient@example.com" })).toBe(1);
  });

  test("finishes an open conversation when it closes, and accepts no new one", async () => {
    const own = await startSmtpReceiver({ port: 0, host: "127.0.0.1" });
    let closing: Promise<void> | undefined;
    const lastMail = [...UP_TO_DATA, "Subject: last\r\n\r\nThe last one.\r\n.", "QUIT"];
    const onData = () => void (closing = own.close());
    const answers = await converse(lastMail, "ends", { port: own.port, onData });
    await closing;
    expect(answers[5]).toMatch(/^250 /);
    await expect(converse(["QUIT"], "ends", { port: own.port })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
    expect(await InboundEmail.countDocuments({ envelopeFrom: "raw@example.com", state: "received" })).toBe(1);
  });
});
