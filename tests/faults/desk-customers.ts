import { expect } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import { InboundEmail } from "@/models/InboundEmailModel";
import { ingestAll, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";
import { storedMessage } from "@/tests/support/factories/mails";
import type { Act } from "./desk-acts";
import { copiesOf, customerOf } from "./desk-addresses";
import type { ExpectedDesk } from "./expected-desk";
import type { ExpectedTicket, FiledMail } from "./expected-ticket";
import { ExpectedPeople } from "./expected-people";

const INGEST_LEASE_MS = 60_000;
const CUSTOMERS_SERVER = "bounces@customers.example";

export type Time = { now: () => Date; wait: (ms: number) => void };
type Doing<Does extends Act["does"]> = Extract<Act, { does: Does }>;

/** A customer's mail opens a ticket. */
export async function mailOpens(act: Doing<"mail">, expected: ExpectedDesk, time: Time): Promise<void> {
  const from = customerOf(act.from);
  const copies = copiesOf(act.copies).filter((address) => address !== from);
  const header = { Subject: act.text, From: from, ...copiesHeader(copies) };
  const filed = await mailArrives(rawMail({ header, body: act.text }), time, act);
  expected.mail(filed, new ExpectedPeople(from, copies));
}

/** The ticket's customer writes again. */
export async function customerWrites(
  act: Doing<"customer writes">,
  ticket: ExpectedTicket,
  expected: ExpectedDesk,
  time: Time,
): Promise<void> {
  const from = ticket.people.customer;
  const copies = copiesOf(act.copies);
  const header = { "In-Reply-To": ticket.openingRfcId, From: from, ...copiesHeader(copies) };
  const filed = await mailArrives(rawMail({ header, body: act.text }), time, act);
  expect(filed.id).toBe(ticket.id);
  expected.outsideWrites(ticket, filed);
  ticket.people.writes(from, { copies });
}

/**
 * Receives a mail and files it. With `isDouble` two servers send it at once; with `dies` a worker dies before the one
 * that files it.
 */
export async function mailArrives(
  raw: Buffer,
  { now, wait }: Time,
  { isDouble = false, dies = false, envelopeFrom = CUSTOMERS_SERVER } = {},
): Promise<FiledMail> {
  const comes = () => receive(raw, { from: envelopeFrom });
  const receipts = await Promise.all(isDouble ? [comes(), comes()] : [comes()]);
  expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  const ledgerId = receipts[0]?.ledgerId ?? "";
  if (dies) {
    const lease = { leaseId: "dead worker", dueAt: new Date(now().getTime() + INGEST_LEASE_MS) };
    await InboundEmail.updateOne({ _id: ledgerId }, { $set: lease });
    wait(INGEST_LEASE_MS + 1_000);
  }
  await Promise.all([ingestAll(now()), ingestAll(now())]);

  const row = await storedRow(ledgerId);
  expect(row).toMatchObject({ state: "ticketed", copies: receipts.length });
  const { _id: messageId, rfcMessageId } = await storedMessage(row.messageId ?? "");
  return {
    id: ThreadId.parse(row.threadId?.toHexString()),
    messageId,
    rfcMessageId: rfcMessageId ?? "",
    raw,
  };
}

/** Every mail of the ticket arrives once more and changes nothing. */
export async function mailsComeAgain({ mails, reports }: ExpectedTicket, { now }: Time): Promise<void> {
  for (const raw of mails) expect((await receive(raw)).duplicate).toBe(true);
  for (const { raw, envelopeFrom } of reports) {
    expect((await receive(raw, { from: envelopeFrom })).duplicate).toBe(true);
  }
  await ingestAll(now());
}

export function copiesHeader(copies: string[]): Record<string, string> {
  return copies.length > 0 ? { Cc: copies.join(", ") } : {};
}
