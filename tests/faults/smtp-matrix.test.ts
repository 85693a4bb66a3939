import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { deliverStep } from "@/lib/outbound/deliver";
import { ContentId } from "@/lib/api/contracts";
import { replyToTicket } from "@/lib/tickets/reply";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { EmailMessage } from "@/models/EmailMessageModel";
import { startFaultySmtp, type FaultySmtp } from "@/tests/support/smtp/faulty-smtp";
import { createTicket, deliverAll, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { Watch } from "@/tests/support/desk/no-harm";
import { member } from "@/tests/support/factories/threads";
import { SMTP_FAULTS, type SmtpFault } from "./smtp-faults";
import { RECIPIENT_FAULTS } from "./smtp-recipient-faults";

const QUICK = { connectMs: 2_000, greetingMs: 500, silenceMs: 500, totalMs: 1_500 };
const PATIENT = { connectMs: 10_000, greetingMs: 10_000, silenceMs: 10_000, totalMs: 10_000 };
/** Time that a step may take besides its dialogue, on a busy machine. */
const SLACK_MS = 5_000;
const WAITS_MS = [60_000, 3_600_000, 86_400_000];

const priya = member("Priya Nair");
const watch = new Watch("SMTP");
let server: FaultySmtp;

beforeAll(async () => {
  server = await startFaultySmtp();
  process.env.SMTP_URL = server.url.replace("//", "//desk:s3cret-pass@");
});
beforeEach(async () => {
  await EmailMessage.deleteMany({});
  server.mails.splice(0);
});
afterAll(async () => {
  await server.stop();
  watch.end();
});

describe("a reply whose mail server", () => {
  test.each(SMTP_FAULTS)("$server is first $first, and never a second mail", async (fault) => {
    const { id, rfcMessageId } = await queueReply(fault.textLength);
    const heal = await strike(fault);
    const timeouts = fault.isSlow ? QUICK : PATIENT;
    const startedAt = performance.now();
    await deliverStep(new Date(), timeouts);
    expect(performance.now() - startedAt).toBeLessThan(timeouts.totalMs + SLACK_MS);
    watch.count();

    const row = await storedMessage(id);
    expect(row).toMatchObject({ state: fault.first, attempts: 1, leaseId: null });
    if (fault.first !== "sent")
      expect(row.lastError).toMatch(/^The mail server .{10,}|^A protected connection/);
    expect(row.lastError ?? "").not.toMatch(/s3cret/);

    await heal();
    await letTimePass();
    const isSent = fault.first === "queued" || fault.first === "sent";
    expect(await storedMessage(id)).toMatchObject({ state: isSent ? "sent" : fault.first });
    const accepted = server.accepted(rfcMessageId);
    expect(accepted).toBeLessThanOrEqual(fault.mailsMax);
    if (isSent) return expect(accepted).toBe(1);

    // A person can settle every reply that is left, and nothing else sends another mail.
    const action = fault.first === "failed" ? "retry" : "send_again";
    await settleDelivery(ContentId.parse(id), action, priya);
    await letTimePass();
    expect(await storedMessage(id)).toMatchObject({ state: "sent" });
    expect(server.accepted(rfcMessageId)).toBe(accepted + 1);
  });

  test("the matrix has at least 26 faults, each once", () => {
    expect(new Set(SMTP_FAULTS.map((fault) => fault.server)).size).toBe(SMTP_FAULTS.length);
    expect(SMTP_FAULTS.length).toBeGreaterThanOrEqual(26);
  });
});

describe("a reply to two recipients whose mail server", () => {
  const [first, second] = ["first@farm.example", "second@farm.example"];
  const mailsOf = (address: string) => server.mails.filter(({ rcptTo }) => rcptTo.includes(address)).length;
  const mails = () => ({ first: mailsOf(first), second: mailsOf(second) });

  test.each(RECIPIENT_FAULTS)("$server is then $state, and nobody gets it twice", async (fault) => {
    const { id } = await queueReply();
    await EmailMessage.updateOne({ _id: id }, { $set: { to: [first], cc: [second] } });
    server.behave(...fault.meets);
    for (const [index] of fault.meets.entries())
      await deliverStep(new Date(Date.now() + index * 3_600_000), fault.isSlow ? QUICK : PATIENT);
    watch.count();
    expect(await storedMessage(id)).toMatchObject({ state: fault.state, attempts: fault.meets.length });

    server.behave();
    await letTimePass();
    expect(mails()).toEqual(fault.mails);
    const row = await storedMessage(id);
    if (fault.state === "queued" || fault.state === "sent") {
      expect(row).toMatchObject({ state: "sent" });
      const missed = fault.mails.second === 0 ? [second] : [];
      return expect((row.undelivered ?? []).map(({ address }) => address)).toEqual(missed);
    }

    // A person can settle it, and whoever is known to have it gets no second mail.
    const known = row.takenFor ?? [];
    await settleDelivery(ContentId.parse(id), fault.state === "failed" ? "retry" : "send_again", priya);
    await letTimePass();
    expect(await storedMessage(id)).toMatchObject({ state: "sent" });
    expect(mails()).toEqual({
      first: fault.mails.first + (known.includes(first) ? 0 : 1),
      second: fault.mails.second + 1,
    });
  });
});

async function queueReply(textLength = 20) {
  const { thread, mail } = await createTicket();
  const text = "All is well again.\n".repeat(Math.ceil(textLength / 19));
  await replyToTicket({ threadId: thread.id, text, lastSeenMessageId: mail._id }, priya);
  const [row] = await storedReplies(thread);
  if (!row) throw new Error("The reply was not accepted");
  return { id: row._id, rfcMessageId: row.rfcMessageId ?? "" };
}

async function letTimePass(): Promise<void> {
  for (const waitMs of WAITS_MS) await deliverAll(new Date(Date.now() + waitMs));
}

/** Makes the server misbehave. Returns a function that ends it. */
async function strike({ meets }: SmtpFault): Promise<() => Promise<void>> {
  if (typeof meets === "object") {
    server.behave(meets);
    return () => Promise.resolve(server.behave());
  }
  await server.stop();
  if (meets === "nobody_listens") return server.start;
  const selfSigned = new SMTPServer({ logger: false, authOptional: true });
  selfSigned.on("error", () => {}); // the client's refusal to go on
  await new Promise<void>((resolve) => void selfSigned.listen(server.port, "127.0.0.1", () => resolve()));
  return async () => {
    await new Promise<void>((resolve) => void selfSigned.close(() => resolve()));
    await server.start();
  };
}
