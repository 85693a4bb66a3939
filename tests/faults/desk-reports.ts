// Mails that no person wrote: reports of mail servers about replies, and absence answers.
import { expect } from "vitest";
import { rawMail } from "@/tests/support/factories/inbound-mails";
import { storedMessage } from "@/tests/support/factories/mails";
import { rawReport } from "@/tests/support/mail/delivery-reports";
import type { Act } from "./desk-acts";
import { EXPERT, STRANGER } from "./desk-addresses";
import { mailArrives, type Time } from "./desk-customers";
import { replyFacts } from "./desk-notices";
import type { ExpectedDesk } from "./expected-desk";
import type { ExpectedTicket } from "./expected-ticket";

type Doing<Does extends Act["does"]> = Extract<Act, { does: Does }>;

/** A report about a reply comes, from a mail server or from somebody who knows its Message-ID. */
export async function reportArrives(act: Doing<"report">, expected: ExpectedDesk, time: Time): Promise<void> {
  const { replies } = expected;
  const reply = act.reply === "newest" ? replies.at(-1) : replies[act.reply % Math.max(1, replies.length)];
  const facts = await replyFacts();
  const row = reply && facts.get(reply.id);
  if (!reply || !row) return;
  const { to, cc } = row;
  // The address of the last kind is one to which somebody has mail forwarded.
  const named = { everybody: [...to, ...cc], to, copied: cc.length > 0 ? cc : to, nobody: [EXPERT] }[
    act.names
  ];
  const raw = rawReport({ about: await storedMessage(reply.id), recipients: named, outcome: act.outcome });
  const envelopeFrom = act.isProven ? "" : STRANGER;
  const filed = await mailArrives(raw, time, { ...act, envelopeFrom });
  expect(filed.id).toBe(reply.ticket.id);
  expected.deliveries.report(reply, { ...act, named, messageId: filed.messageId }, row, facts);
  reply.ticket.reports.push({ raw, envelopeFrom });
}

/** The customer's machine answers that the customer is away. */
export async function absenceArrives(ticket: ExpectedTicket, time: Time): Promise<void> {
  const header = {
    "In-Reply-To": ticket.openingRfcId,
    From: ticket.people.customer,
    Subject: "Automatic reply: Re: Question",
    "Auto-Submitted": "auto-replied",
  };
  const raw = rawMail({ header, body: "I am away until Monday." });
  const envelopeFrom = ticket.people.customer;
  const filed = await mailArrives(raw, time, { envelopeFrom });
  expect(filed.id).toBe(ticket.id);
  ticket.reports.push({ raw, envelopeFrom });
}
