import { describe, expect, test } from "vitest";
import type { ParticipantsRequest } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { claimTicket } from "@/lib/tickets/claim";
import { eventStep } from "@/lib/tickets/events";
import { changeParticipants } from "@/lib/tickets/participants";
import { readTicket } from "@/lib/tickets/read";
import { EmailThread } from "@/models/EmailThreadModel";
import { createMember } from "@/tests/support/factories/members";
import { createMail, createTicket } from "@/tests/support/factories/mails";
import { newcomer, participant, ticketWith } from "@/tests/support/factories/people";
import { createLegacyThread, createThread, member, storedThread } from "@/tests/support/factories/threads";

const priya = member("Priya Nair");
const jonas = member("Jonas Weber");
const jill = "jill@stone.example";

type Change = Omit<ParticipantsRequest, "threadId">;
type Thread = Awaited<ReturnType<typeof createThread>>;

const change = ({ id }: Pick<Thread, "id">, request: Change, by: TeamMember = priya, op?: string) =>
  changeParticipants({ threadId: id, ...request }, by, op);

const addressesOf = async ({ id }: Pick<Thread, "id">) =>
  (await storedThread(id)).participants?.map(({ address }) => address);

describe("changeParticipants", () => {
  test("adds, removes and dismisses people of an unassigned ticket, and leaves it unassigned", async () => {
    const thread = await ticketWith(
      { cc: ["bob@stone.example"] },
      { newcomers: [newcomer("eve@other.example"), newcomer(jill, { name: "Jill Stone" })] },
    );
    const outcome = await change(thread, {
      add: [jill, "Ann Lee <ann@stone.example>"],
      remove: ["BOB@stone.example", "eve@other.example"],
    });
    const stored = await storedThread(thread.id);
    expect(stored).toMatchObject({
      assignedTo: null,
      status: "open",
      revision: 2,
      recipientsRevision: 1,
      newcomers: [],
      participants: [
        { address: thread.from, role: "customer" },
        { address: jill, name: "Jill Stone", role: "member" },
        { address: "ann@stone.example", name: "Ann Lee", role: "member" },
      ],
      history: [
        {
          kind: "participants_changed",
          by: { id: priya.id },
          added: [jill, "ann@stone.example"],
          removed: ["bob@stone.example", "eve@other.example"],
        },
      ],
      cardsDueAt: expect.any(Date),
    });
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        ticket: { _id: thread.id, revision: 2, hasNewcomer: false },
        recipients: { to: [thread.from], cc: [jill, "ann@stone.example"] },
        recipientsRevision: 1,
        newcomers: [],
      },
    });
    const shown = await readTicket(thread.id);
    expect(shown.ok && shown.value).toMatchObject(outcome.ok ? { recipients: outcome.value.recipients } : {});
  });

  test("does not raise the revision of the recipients if somebody only comes", async () => {
    const thread = await ticketWith({});
    await change(thread, { add: [jill] });
    expect(await storedThread(thread.id)).toMatchObject({ revision: 2 });
    expect((await storedThread(thread.id)).recipientsRevision ?? 0).toBe(0);
  });

  test("makes somebody else the customer in list, card and search, with the customer before in Cc", async () => {
    const thread = await ticketWith({ replyTo: ["desk@customers.example"] });
    await createMail(thread, {
      from: "colleague@team.example",
      authorId: jonas.id,
      forwardedFrom: { address: jill, name: "Jill Stone" },
    });
    const forwards = async () => {
      const shown = await readTicket(thread.id);
      return shown.ok && shown.value.messages.map(({ forwardedFrom }) => forwardedFrom);
    };
    expect(await forwards()).toEqual([{ address: jill, name: "Jill Stone" }]);
    const outcome = await change(thread, { customer: "Jill@Stone.example" });
    expect(await forwards()).toEqual([null]); // it is no offer any more
    const stored = await storedThread(thread.id);
    expect(stored).toMatchObject({ from: "Jill@stone.example", fromName: "Jill Stone", replyTo: [] });
    expect(stored.history?.at(-1)).toMatchObject({ customer: "Jill@stone.example", added: [] });
    expect(outcome).toMatchObject({
      value: {
        ticket: { from: "Jill@stone.example", fromName: "Jill Stone" },
        recipients: { to: ["Jill@stone.example"], cc: [thread.from] },
        recipientsRevision: 1,
      },
    });
    await eventStep();
    expect(await readTicket(thread.id)).toMatchObject({
      value: { history: [{ kind: "participants_changed", customer: "Jill@stone.example" }] },
    });
  });

  test("drops a colleague who only passed the mail on", async () => {
    const colleague = await createMember("Casey Forward", { isDemo: true });
    const thread = await ticketWith({}, { from: colleague.email, fromName: colleague.name });
    const outcome = await change(thread, { customer: jill });
    expect(outcome).toMatchObject({ value: { recipients: { to: [jill], cc: [] } } });
    expect(await addressesOf(thread)).toEqual([jill]);
    expect((await storedThread(thread.id)).history?.at(-1)).toMatchObject({ removed: [colleague.email] });
  });

  test("removes the customer once somebody else is the customer, not before", async () => {
    const thread = await ticketWith({ cc: [jill] });
    const customer = thread.from ?? "";
    expect(await change(thread, { remove: [customer.toUpperCase()] })).toEqual({
      ok: false,
      failure: {
        reason: "invalid_recipient",
        address: customer,
        problem: `${customer} is the customer of this ticket. Make somebody else the customer first.`,
      },
    });
    expect(await storedThread(thread.id)).toMatchObject({ revision: 1 });
    expect(await change(thread, { customer: jill, remove: [customer] })).toMatchObject({ ok: true });
    expect(await addressesOf(thread)).toEqual([jill]);
  });

  test("succeeds without a write if nothing changes", async () => {
    const thread = await ticketWith({ cc: [jill] });
    const before = await storedThread(thread.id);
    for (const same of [
      { add: ["JILL@stone.example."] },
      { remove: ["nobody@stone.example"] },
      { customer: thread.from?.toUpperCase() },
    ]) {
      expect(await change(thread, same)).toMatchObject({
        ok: true,
        value: { recipients: { to: [thread.from], cc: [jill] } },
      });
    }
    expect(await storedThread(thread.id)).toEqual(before);
  });

  test("is for the assignee alone once the ticket is claimed", async () => {
    const thread = await ticketWith({});
    const claim = await claimTicket(thread.id, jonas);
    expect(await change(thread, { add: [jill] })).toEqual({
      ok: false,
      failure: { reason: "already_claimed", ...(claim.ok ? claim.value : {}) },
    });
    expect(await addressesOf(thread)).toEqual([thread.from]);
    expect(await change(thread, { add: [jill] }, jonas)).toMatchObject({ ok: true });
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: jonas.id });
  });

  test("finds no ticket that was merged or erased", async () => {
    for (const fields of [{ mergedInto: (await createThread())._id }, { emptiedAt: new Date() }]) {
      const thread = await ticketWith({}, fields);
      expect(await change(thread, { add: [jill] })).toEqual({ ok: false, failure: { reason: "not_found" } });
    }
  });

  test.each([
    ["the desk", "support@desk.example"],
    ["the desk in capitals", "SUPPORT@Desk.Example"],
    ["the desk with a dot at its end", "support@desk.example."],
    ["the desk with a tag", "Help <support+1042@desk.example>"],
    ["two addresses", "a@x.example, b@x.example"],
    ["a line break", "a@x.example\r\nBcc: b@x.example"],
    ["no address", "jill"],
    ["an empty pair of brackets", "Jill <>"],
    ["an address that no server takes", `${"x".repeat(65)}@stone.example`],
  ])("refuses %s, and changes nothing", async (_, address) => {
    const thread = await ticketWith({});
    for (const request of [{ add: [jill, address] }, { customer: address }]) {
      expect(await change(thread, request)).toMatchObject({
        ok: false,
        failure: { reason: "invalid_recipient", problem: expect.stringMatching(/\.$/) },
      });
    }
    expect(await storedThread(thread.id)).toMatchObject({ revision: 1, from: thread.from });
  });

  test("refuses somebody who is both added and removed", async () => {
    const thread = await ticketWith({});
    expect(await change(thread, { add: [jill], remove: ["Jill@stone.example"] })).toMatchObject({
      failure: { reason: "invalid_recipient", address: jill },
    });
  });

  test("has room for fifty people, and takes more only if others go", async () => {
    const cc = Array.from({ length: 49 }, (_, index) => `p${index}@stone.example`);
    const thread = await ticketWith({ cc });
    expect(await change(thread, { add: [jill] })).toEqual({
      ok: false,
      failure: { reason: "too_many_participants" },
    });
    expect(await change(thread, { add: [jill], remove: ["p0@stone.example"] })).toMatchObject({ ok: true });
    expect(await addressesOf(thread)).toHaveLength(50);
  });

  test("removes an address that mail cannot be sent to", async () => {
    const thread = await ticketWith({}, {});
    await EmailThread.updateOne(
      { _id: thread._id },
      { $push: { participants: participant("undisclosed recipients", { role: "copied" }) } },
    );
    await change(thread, { remove: ["undisclosed recipients"] });
    expect(await addressesOf(thread)).toEqual([thread.from]);
  });

  test("stores the people of a thread that is older than its list of them", async () => {
    const thread = await createLegacyThread();
    expect(await change(thread, { add: [jill] })).toMatchObject({
      value: { recipients: { to: ["old@example.com"], cc: [jill] } },
    });
    expect(await storedThread(thread.id)).toMatchObject({
      from: "old@example.com",
      participants: [{ address: "old@example.com", role: "customer" }, { address: jill }],
    });

    const { thread: copied } = await createTicket();
    await createMail(copied, { cc: ["bob@stone.example"] });
    await change(copied, { add: [jill] });
    expect(await addressesOf(copied)).toEqual([copied.from, "bob@stone.example", jill]);
  });
});

describe("changeParticipants at once", () => {
  test("keeps every one of ten changes by two members", async () => {
    const thread = await ticketWith({});
    const people = Array.from({ length: 10 }, (_, index) => `p${index}@stone.example`);
    const outcomes = await Promise.all(
      people.map((address, index) => change(thread, { add: [address] }, index % 2 ? priya : jonas)),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: true });
    expect(new Set(await addressesOf(thread))).toEqual(new Set([thread.from, ...people]));
    const { revision, history = [] } = await storedThread(thread.id);
    expect(revision).toBe(11);
    expect(history.flatMap(({ added = [] }) => added).sort()).toEqual([...people].sort());
  });

  test("lets either the claim or the change of somebody else come first", async () => {
    for (let round = 0; round < 5; round += 1) {
      const thread = await ticketWith({});
      const [claim, changed] = await Promise.all([
        claimTicket(thread.id, jonas),
        change(thread, { add: [jill] }),
      ]);
      const { history = [] } = await storedThread(thread.id);
      expect(claim).toMatchObject({ ok: true });
      expect(history.map(({ kind }) => kind)).toEqual(
        changed.ok ? ["participants_changed", "claimed"] : ["claimed"],
      );
    }
  });

  test("is carried out once if it is repeated after a lost answer, also after somebody else undid it", async () => {
    const thread = await ticketWith({});
    await Promise.all(Array.from({ length: 5 }, () => change(thread, { add: [jill] }, priya, "one")));
    expect(await storedThread(thread.id)).toMatchObject({ revision: 2 });
    await change(thread, { remove: [jill] }, jonas);
    expect(await change(thread, { add: [jill] }, priya, "one")).toMatchObject({ ok: true });
    expect(await addressesOf(thread)).toEqual([thread.from]);
  });
});
