import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { countCustomer } from "@/lib/privacy/count";
import { requestErasure } from "@/lib/privacy/erasure";
import { exportCustomer } from "@/lib/privacy/export";
import { declineTicket } from "@/lib/tickets/decline";
import { eventStep } from "@/lib/tickets/events";
import { readHistoryPage } from "@/lib/tickets/history";
import { reassignTicket } from "@/lib/tickets/reassign";
import { createMember } from "@/tests/support/factories/members";
import { deliver } from "@/tests/support/factories/inbound-mails";
import { noticesIn } from "@/tests/support/factories/answered-tickets";
import { admin, storedThread } from "@/tests/support/factories/threads";
import {
  customerOf,
  emptyDesk,
  eraseAll,
  mailFrom,
  newAddress,
  placesOf,
  retainAll,
} from "@/tests/support/privacy/customers";
import { readZip } from "@/tests/support/privacy/zip";

const NOTE = "Ann Smith called about her divorce.";
const REASON = "I know Ann Smith from school.";

let maya: TeamMember;
let priya: TeamMember;

beforeEach(async () => {
  maya = await createMember("Maya Lindqvist", { role: "admin" });
  priya = await createMember("Priya Nair");
});
afterEach(emptyDesk);

/** Gives the ticket to Priya, with a note. */
async function give(threadId: ThreadId): Promise<void> {
  const { assignedTo = null } = await storedThread(threadId);
  const request = { threadId, assignedTo: priya.id, expectedAssignedTo: assignedTo, note: NOTE };
  expect(await reassignTicket(request, maya)).toMatchObject({ ok: true });
}

async function decline(threadId: ThreadId): Promise<void> {
  expect(await declineTicket({ threadId, reason: REASON }, priya)).toMatchObject({ ok: true });
}

const copyHistory = async () => {
  while ((await eventStep(new Date(Date.now() + 1_000))).worked);
};

async function erase(address: string): Promise<void> {
  await requestErasure(customerOf(address), admin());
  await eraseAll(new Date(Date.now() + 1_000));
  await retainAll(new Date());
}

describe("the notes and reasons of members", () => {
  test("are gone with the customer, wherever they were stored; who gave and declined the ticket stays", async () => {
    const address = newAddress();
    const { threadId } = await deliver(mailFrom(address));
    await give(threadId);
    await decline(threadId);
    await give(threadId);
    await copyHistory();
    expect((await placesOf(NOTE, REASON)).length).toBeGreaterThan(4);

    await erase(address);
    await copyHistory();

    expect(await placesOf(NOTE, REASON, address)).toEqual([]);
    const [notice] = await noticesIn(threadId);
    expect(notice?.declined).toMatchObject({ by: { id: priya.id }, givenBy: { id: maya.id }, reason: "" });
    const page = await readHistoryPage(threadId);
    expect(page.ok && page.value.lines.map(({ kind, note }) => [kind, note])).toEqual([
      ["customer_erased", null],
      ["reassigned", null],
      ["declined", null],
      ["reassigned", null],
      ["received", null],
    ]);
  });

  test("are gone from the values that an undo would give back", async () => {
    const address = newAddress();
    const { threadId } = await deliver(mailFrom(address));
    await give(threadId);
    const back = { threadId, assignedTo: maya.id, expectedAssignedTo: priya.id };
    expect(await reassignTicket(back, maya)).toMatchObject({ ok: true });
    await erase(address);
    expect(await placesOf(NOTE)).toEqual([]);
  });

  test("are gone before their lines were copied to the lasting history, and stay so after that", async () => {
    const address = newAddress();
    const { threadId } = await deliver(mailFrom(address));
    await give(threadId);
    await erase(address);
    await copyHistory();
    expect(await placesOf(NOTE)).toEqual([]);
  });

  test("keep no ticket from being erased whole: one that was declined is closed, and stands in nobody's list", async () => {
    const address = newAddress();
    const { threadId } = await deliver(mailFrom(address));
    await give(threadId);
    await decline(threadId);
    await erase(address);
    const thread = await storedThread(threadId);
    expect(thread).toMatchObject({ status: "resolved", emptiedAt: expect.any(Date), attention: null });
    expect(thread).not.toHaveProperty("givenBackTo");
    expect(thread).not.toHaveProperty("needsLookAt");
  });

  test("stay in the tickets of other customers", async () => {
    const address = newAddress();
    const { threadId } = await deliver(mailFrom(newAddress()));
    await deliver(mailFrom(address));
    await give(threadId);
    await erase(address);
    const { handover, history } = await storedThread(threadId);
    expect([handover?.note, history?.at(-1)?.note]).toEqual([NOTE, NOTE]);
  });

  test("are in no customer's export, which has the conversation and not the history", async () => {
    const address = newAddress();
    const { threadId } = await deliver(mailFrom(address));
    await give(threadId);
    await decline(threadId);
    await give(threadId);
    const customer = customerOf(address);
    const stream = exportCustomer(customer, await countCustomer(customer));
    const archive = readZip(Buffer.from(await new Response(stream).arrayBuffer()));
    const all = Buffer.concat([...archive.values()]).toString();
    expect(all).toContain(address);
    expect(all).not.toMatch(/Ann Smith (called|from school)|user_priya/);
  });
});

describe("a member whose own address is the customer's", () => {
  test("is named in no line any more that tells from whom the ticket was taken", async () => {
    const { threadId } = await deliver(mailFrom(priya.email));
    await give(threadId);
    const taken = { threadId, assignedTo: maya.id, expectedAssignedTo: priya.id };
    expect(await reassignTicket(taken, maya)).toMatchObject({ ok: true });
    await erase(priya.email);
    const lines = (await storedThread(threadId)).history ?? [];
    expect(lines.find(({ formerAssignee }) => formerAssignee)?.formerAssignee).toEqual({
      id: priya.id,
      email: "",
      name: "Erased",
    });
  });
});
