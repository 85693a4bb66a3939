import { simpleParser } from "mailparser";
import { beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { SMTP_TIMEOUTS } from "@/lib/mail/smtp";
import { HANDOVER_MAILS, tellAssigneeStep } from "@/lib/outbound/tell-assignee";
import { takeDue } from "@/lib/store/queue/lease";
import { declineTicket } from "@/lib/tickets/decline";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { DeadLetter } from "@/models/DeadLetterModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member, type StoredMember } from "@/models/MemberModel";
import { givenTicket, handOver } from "@/tests/support/factories/handovers";
import { createMember } from "@/tests/support/factories/members";
import { admin, member, storedThread } from "@/tests/support/factories/threads";
import { setEnv } from "@/tests/support/routes/identities";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";
import type { Fault } from "@/tests/support/smtp/faulty-smtp";

const HOUR_MS = 3_600_000;
const priya = member("Priya Nair");
const server = await faultySmtpForFile();
const WISHED = { preferences: { mailOnHandover: true }, isDemo: true };

const later = (ms: number) => new Date(Date.now() + ms);

beforeEach(async () => {
  await Promise.all([EmailThread.deleteMany({}), Member.deleteMany({})]);
  server.mails.splice(0);
  server.behave();
});

/** Makes Priya one who wishes these mails, with `overrides`. */
function wishing(overrides: Partial<StoredMember> = {}) {
  return createMember("Priya Nair", { ...WISHED, ...overrides });
}

/** Runs the follower until nothing is due at `now`. */
async function tellAll(now = new Date()): Promise<void> {
  while ((await tellAssigneeStep(now)).worked);
}

async function told() {
  return Promise.all(server.mails.map(async (mail) => ({ ...mail, ...(await simpleParser(mail.raw)) })));
}

/** Hands a ticket over while the server has `faults`, and makes one attempt. */
async function attempt(...faults: Fault[]) {
  await wishing();
  const thread = await givenTicket(priya);
  server.behave(...faults);
  await tellAll();
  return thread;
}

/** True if nothing is due any more. */
async function isAtRest({ id }: { id: string }): Promise<boolean> {
  const { tellDueAt, tellDueSince, tellLeaseId, tellAttempts } = await storedThread(id);
  return [tellDueAt, tellDueSince, tellLeaseId, tellAttempts].every((field) => field === undefined);
}

describe("whoever is given a ticket", () => {
  test("gets one mail about it, with the giver, the note and a link", async () => {
    await wishing();
    const thread = await givenTicket(priya, { note: "She is on the phone now.", subject: "Cannot log in" });
    await tellAll();
    const [mail, ...more] = await told();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ mailFrom: "", rcptTo: [priya.email] });
    expect(mail?.subject).toBe(`Maya Lindqvist gave you #${thread.id.slice(-6)}: Cannot log in`);
    expect(mail?.text).toContain("She is on the phone now.");
    expect(mail?.text).toContain(`http://localhost:3000/dashboard/tickets/${thread.id}`);
    expect(await isAtRest(thread)).toBe(true);
  });

  test("gets one mail also if two workers run at once", async () => {
    await wishing();
    await Promise.all(Array.from({ length: 5 }, () => givenTicket(priya)));
    await Promise.all([tellAll(), tellAll()]);
    expect(new Set((await told()).map(({ messageId }) => messageId)).size).toBe(5);
    expect(server.mails).toHaveLength(5);
  });

  test.each<[string, Partial<StoredMember>]>([
    ["has never asked for these mails", { preferences: {} as never }],
    ["has switched them off", { preferences: { mailOnHandover: false } }],
    ["was removed meanwhile", { removedAt: new Date() }],
    ["is of the other identity", { isDemo: false }],
    ["has no address that mail can go to", { email: "priya at team" }],
    ["has the desk's own address", { email: "support+priya@desk.example" }],
  ])("gets none if the member %s", async (_, overrides) => {
    await wishing();
    const thread = await givenTicket(priya);
    await Member.updateOne({ _id: priya.id }, { $set: overrides });
    await tellAll();
    expect(server.mails).toEqual([]);
    expect(await isAtRest(thread)).toBe(true);
  });

  test.each<[string, (thread: { id: ThreadId }) => Promise<unknown>]>([
    ["was declined", ({ id }) => declineTicket({ threadId: id, reason: "I am away." }, priya)],
    ["was taken back", ({ id }) => handOver(id, { from: priya, to: admin(), by: admin() })],
    ["was worked on", ({ id }) => setTicketStatus(id, "waiting", priya)],
  ])("gets none if the ticket %s before", async (_, act) => {
    await Promise.all([wishing(), createMember(admin().name, { ...WISHED, role: "admin" })]);
    const thread = await givenTicket(priya);
    await act(thread);
    expect((await storedThread(thread.id)).handover).toBeUndefined();
    await tellAll();
    expect(server.mails).toEqual([]);
    expect(await isAtRest(thread)).toBe(true);
  });

  test("alone is told if the ticket was given on before anybody was told", async () => {
    await wishing();
    const noor = await createMember("Noor Haddad", WISHED);
    const thread = await givenTicket(priya);
    await handOver(thread.id, { from: priya, to: noor, by: priya });
    await tellAll();
    expect((await told()).map(({ rcptTo, subject }) => [rcptTo, subject?.split(" gave")[0]])).toEqual([
      [[noor.email], "Priya Nair"],
    ]);
  });

  test("is told also if the ticket is given on while the one before is being told", async () => {
    await wishing();
    const noor = await createMember("Noor Haddad", WISHED);
    const thread = await givenTicket(priya);
    server.behave({ at: "dot", do: "hold", line: "250 Taken" });
    const held = server.held();
    const first = tellAssigneeStep();
    await held;
    await handOver(thread.id, { from: priya, to: noor, by: priya });
    server.letGo();
    await first;
    await tellAll();
    expect((await told()).map(({ rcptTo }) => rcptTo)).toEqual([[priya.email], [noor.email]]);
    expect(await isAtRest(thread)).toBe(true);
  });

  test("is never told of a hand-over that is a day old", async () => {
    await wishing();
    const thread = await givenTicket(priya);
    await tellAll(later(24 * HOUR_MS));
    expect(server.mails).toEqual([]);
    expect(await isAtRest(thread)).toBe(true);
  });

  test("is not told later if no mail server is set", async () => {
    await wishing();
    const thread = await givenTicket(priya);
    setEnv({ SMTP_URL: undefined });
    await tellAll();
    setEnv({ SMTP_URL: server.url });
    expect(await isAtRest(thread)).toBe(true);
  });
});

describe("a mail server that does not take the mail", () => {
  test.each<Fault>([
    { at: "rcpt", do: "answer", line: "450 4.7.1 Greylisted" },
    { at: "dot", do: "answer", line: "451 Try later" },
    { at: "greeting", do: "drop" },
    { at: "data", do: "reset" },
  ])("for now, by $do at $at, gets it once more after a pause", async (fault) => {
    const thread = await attempt(fault);
    expect(server.mails).toEqual([]);
    const { tellDueAt, tellDueSince, tellLeaseId } = await storedThread(thread.id);
    expect(tellDueAt?.getTime()).toBeGreaterThan(later(20_000).getTime());
    expect([tellDueSince, tellLeaseId]).toEqual([thread.tellDueAt, undefined]);
    await tellAll(later(31_000));
    expect(server.mails).toHaveLength(1);
    expect(await isAtRest(thread)).toBe(true);
  });

  test("is asked for a day at growing intervals, and then no more", async () => {
    await wishing();
    const thread = await givenTicket(priya);
    const connections = server.connections();
    const busy: Fault = { at: "mail", do: "answer", line: "421 Busy" };
    let at = Date.now();
    for (let due: Date | undefined = new Date(at); due; due = (await storedThread(thread.id)).tellDueAt) {
      at = due.getTime();
      server.behave(busy);
      await tellAssigneeStep(new Date(at));
    }
    expect(at - Date.now()).toBeGreaterThan(23 * HOUR_MS);
    expect(server.connections() - connections).toBeLessThan(50);
    expect(server.mails).toEqual([]);
    expect(await DeadLetter.countDocuments({})).toBe(0);
  });

  test("for good is asked once more with an envelope sender, and then no more", async () => {
    const refused: Fault = { at: "rcpt", do: "answer", line: "550 5.1.1 No such user" };
    const envelopes = server.envelopes.length;
    const thread = await attempt(refused, refused);
    expect(server.envelopes.slice(envelopes).filter((line) => line.startsWith("MAIL"))).toEqual([
      expect.stringContaining("<>"),
      expect.stringContaining("<support@desk.example>"),
    ]);
    expect(await isAtRest(thread)).toBe(true);
    expect(await DeadLetter.countDocuments({})).toBe(0);
  });

  test("without an envelope sender gets it with the support address there", async () => {
    await attempt({ at: "mail", do: "answer", line: "550 5.7.1 Sender refused" });
    expect(server.mails.map(({ mailFrom }) => mailFrom)).toEqual(["support@desk.example"]);
  });

  test.each(["accept_then_drop", "drop"] as const)(
    "for certain, by %s after the mail's last line, does not get it again",
    async (fault) => {
      const thread = await attempt({ at: "dot", do: fault });
      await tellAll(later(HOUR_MS));
      expect(server.mails).toHaveLength(fault === "accept_then_drop" ? 1 : 0);
      expect(await isAtRest(thread)).toBe(true);
    },
  );
});

test("a mail that is sent again after a crash has the same Message-ID", async () => {
  await wishing();
  const thread = await givenTicket(priya);
  await tellAll();
  // As a process leaves the row that dies after the server took the mail.
  await EmailThread.updateOne({ _id: thread._id }, { $set: { tellDueAt: new Date() } });
  await takeDue(HANDOVER_MAILS);
  await tellAll();
  expect(server.mails).toHaveLength(1);
  await tellAll(later(2 * SMTP_TIMEOUTS.totalMs + 2 * 60_000));
  const ids = (await told()).map(({ messageId }) => messageId);
  expect(ids).toEqual([ids[0], ids[0]]);
  expect(ids[0]).toMatch(/^<handover\.[0-9a-f]{32}@desk\.example>$/);
});
