import { expect } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import { InboundEmail } from "@/models/InboundEmailModel";
import { ingestAll, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";
import { storedMessage } from "@/tests/support/factories/mails";
import type { Act } from "./desk-acts";
import type { ExpectedDesk, ExpectedTicket } from "./expected-desk";

const INGEST_LEASE_MS = 60_000;
const FROM = "Lena <lena@customers.example>";

type Mail = Extract<Act, { does: "mail" | "customer writes" }>;
type Time = { now: () => Date; wait: (ms: number) => void };

/** A mail opens `ticket`, or answers in it. With `isDouble` two servers send it at once; with `dies` a worker dies first. */
export async function mailArrives(
  { text, isDouble, dies }: Mail,
  ticket: ExpectedTicket | null,
  expected: ExpectedDesk,
  { now, wait }: Time,
): Promise<void> {
  const header: Record<string, string> = ticket
    ? { "In-Reply-To": ticket.openingRfcId, From: FROM }
    : { Subject: text, From: FROM };
  const raw = rawMail({ header, body: text });
  const receipts = await Promise.all(isDouble ? [receive(raw), receive(raw)] : [receive(raw)]);
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
  const message = await storedMessage(row.messageId ?? "");
  const id = ThreadId.parse(row.threadId?.toHexString());
  if (!ticket) return expected.mail(id, message._id, message.rfcMessageId ?? "", raw);
  expect(id).toBe(ticket.id);
  expected.customerWrites(ticket, message._id, raw);
}

/** Every mail of the ticket arrives once more and changes nothing. */
export async function mailsComeAgain({ mails }: ExpectedTicket, { now }: Time): Promise<void> {
  for (const raw of mails) expect((await receive(raw)).duplicate).toBe(true);
  await ingestAll(now());
}
