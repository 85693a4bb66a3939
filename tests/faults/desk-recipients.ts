import { expect } from "vitest";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { storedMessage } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";
import type { FaultySmtp } from "@/tests/support/smtp/faulty-smtp";
import type { DeskRun } from "./desk-run";
import { TEAM } from "./desk-team";
import type { ExpectedReply, ExpectedTicket } from "./expected-ticket";
import { sorted } from "./expected-people";

/**
 * The recipients that were shown are those of every mail that went out; nobody got a mail who was not the customer, was
 * not brought in by the customer, by our reply or by a member; and whoever is in a ticket has a part in it.
 */
export async function expectRightPeople({ expected, smtp }: DeskRun): Promise<void> {
  for (const reply of expected.replies) await expectShownIsSent(reply, smtp);
  for (const ticket of expected.tickets) await expectOwnTicket(ticket);
}

/** One mail may go out in parts, if the mail server takes it for some recipients first. */
async function expectShownIsSent(reply: ExpectedReply, smtp: FaultySmtp): Promise<void> {
  const { id, shown, ticket, sendAgainPresses, isMarkedSent, bounced } = reply;
  const { to, cc, rfcMessageId, state, undelivered = [] } = await storedMessage(id);
  expect(sorted({ to, cc })).toEqual(sorted(shown));
  const copies = smtp.mails.filter(({ raw }) => fieldOf(raw, "Message-ID") === rfcMessageId);
  for (const { raw } of copies) {
    const named = { to: addressesIn(raw, "To"), cc: addressesIn(raw, "Cc") };
    expect(sorted(named)).toEqual(sorted(shown));
  }

  const everybody = [...shown.to, ...shown.cc];
  const reached = copies.flatMap(({ rcptTo }) => rcptTo);
  const refused = undelivered.map(({ address }) => address);
  expect(reached.filter((address) => !everybody.includes(address))).toEqual([]);
  expect(reached.filter((address) => !ticket.people.allowed.has(address))).toEqual([]);
  for (const address of everybody) {
    const times = reached.filter((one) => one === address).length;
    expect(times).toBeLessThanOrEqual(1 + sendAgainPresses);
    // Others than those in To may have their copy of a failed one.
    if (state === "failed" && sendAgainPresses === 0 && shown.to.includes(address)) expect(times).toBe(0);
    if (state === "sent" && !isMarkedSent && !bounced.has(address))
      expect(times > 0).toBe(!refused.includes(address));
  }
}

/** Whoever wrote in the ticket is allowed in it, is of the team, or is marked as new. */
async function expectOwnTicket({ id, people }: ExpectedTicket): Promise<void> {
  const { _id, from, participants, newcomers } = await storedThread(id);
  expect({ from, newcomers: newcomers?.map(({ address }) => address).toSorted() }).toEqual({
    from: people.customer,
    newcomers: [...people.offered].toSorted(),
  });
  const others = participants?.map(({ address }) => address).filter((address) => address !== from);
  expect(others?.toSorted()).toEqual([...people.copied].toSorted());

  const mails = await EmailMessage.find({
    threadId: _id,
    direction: "inbound",
    automatic: false,
  }).lean<StoredMessage[]>();
  const team = new Set(TEAM.map(({ email }) => email));
  const unmarked = mails.filter((mail) => !mail.isNewcomer && !team.has(mail.from));
  expect(unmarked.map((mail) => mail.from).filter((address) => !people.allowed.has(address))).toEqual([]);
}

function fieldOf(raw: string, name: string): string {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1] ?? "";
}

function addressesIn(raw: string, name: string): string[] {
  const field = fieldOf(raw, name);
  return field === "" ? [] : field.split(", ").map((address) => address.replace(/^<|>$/g, ""));
}
