// Mails of others than a ticket's customer: copied people, strangers, colleagues, forgers, lists.
import { expect } from "vitest";
import type { TeamMember } from "@/lib/api/vocabulary";
import { ingestAll, rawMail, receive } from "@/tests/support/factories/inbound-mails";
import type { Act } from "./desk-acts";
import { copiesOf, customerOf, DROP, STRANGER } from "./desk-addresses";
import { copiesHeader, mailArrives, type Time } from "./desk-customers";
import type { ExpectedDesk } from "./expected-desk";
import type { ExpectedTicket } from "./expected-ticket";
import { ExpectedPeople } from "./expected-people";

type Doing<Does extends Act["does"]> = Extract<Act, { does: Does }>;

/** The mail server whose checks the desk of the model trusts. */
export const TRUSTED_SERVER = "mx.desk.example";
const NEWSLETTER = "<news@shop.example>";
let guesses = 0;

/** Somebody who is not the ticket's customer answers in it, or the customer's name is forged. */
export async function otherWrites(
  { as, copies: copied, text }: Doing<"other writes">,
  ticket: ExpectedTicket,
  expected: ExpectedDesk,
  time: Time,
): Promise<void> {
  const { people } = ticket;
  const [anyCopied] = people.copied;
  if (as === "copied" && anyCopied === undefined) return;
  const senders = { copied: anyCopied ?? "", stranger: STRANGER };
  const from = as === "copied" || as === "stranger" ? senders[as] : people.customer;
  const copies = copiesOf(copied);
  const replyTo = as === "copied" ? null : DROP;
  const isForged = as === "caught forger";
  const domain = from.slice(from.indexOf("@") + 1);
  const header = {
    ...(isForged ? checked(`dmarc=fail header.from=${domain}`) : {}),
    "In-Reply-To": ticket.openingRfcId,
    From: from,
    ...(replyTo === null ? {} : { "Reply-To": replyTo }),
    ...copiesHeader(copies),
  };
  const filed = await mailArrives(rawMail({ header, body: text }), time);
  expect(filed.id).toBe(ticket.id);
  expected.outsideWrites(ticket, filed);
  ticket.people.writes(from, { replyTo, copies, isForged });
}

/** A member answers the customer by their own mail program, or somebody who only bears the member's address. */
export async function colleagueWrites(
  { isProven, copies: copied, text }: Doing<"colleague writes">,
  member: TeamMember,
  ticket: ExpectedTicket,
  expected: ExpectedDesk,
  time: Time,
): Promise<void> {
  const copies = copiesOf(copied);
  const to = isProven ? ticket.people.customer : DROP;
  const header = {
    ...(isProven ? checked("dkim=pass header.d=team.example") : {}),
    "In-Reply-To": ticket.openingRfcId,
    From: member.email,
    To: to,
    ...copiesHeader(copies),
  };
  const filed = await mailArrives(rawMail({ header, body: text }), time);
  expect(filed.id).toBe(ticket.id);
  expected.teamWrites(ticket, filed, isProven ? member : null);
  if (isProven) ticket.people.bringIn([to, ...copies]);
}

/** The ticket's newest mail comes once more by a mailing list, which adds a footer, and changes nothing. */
export async function listCopyArrives({ mails }: ExpectedTicket, { now }: Time): Promise<void> {
  const newest = mails.at(-1)?.toString("latin1") ?? "";
  const copy = `List-Id: <all.lists.example>\r\n${newest}\r\n-- \r\nThe list of all`;
  await receive(Buffer.from(copy, "latin1"));
  await ingestAll(now());
}

/** A customer answers a newsletter that the desk does not know: a ticket for each of them, never one for two. */
export async function newsletterIsAnswered(
  { from: index, text }: Doing<"newsletter answered">,
  expected: ExpectedDesk,
  time: Time,
): Promise<void> {
  const from = customerOf(index);
  const earlier = expected.readers.get(from);
  const header = { References: NEWSLETTER, From: from, Subject: "Re: News" };
  const filed = await mailArrives(rawMail({ header, body: text }), time);
  if (!earlier) return void expected.readers.set(from, expected.mail(filed, new ExpectedPeople(from, [])));
  expect(filed.id).toBe(earlier.id);
  expected.outsideWrites(earlier, filed);
  earlier.people.writes(from, {});
}

/** A stranger announces a Message-ID, and a customer's mail then has it: it is the customer's own ticket. */
export async function idIsGuessed(
  { from: index, text }: Doing<"guess">,
  expected: ExpectedDesk,
  time: Time,
): Promise<void> {
  guesses += 1;
  const [from, id] = [customerOf(index), `<guess-${guesses}@customers.example>`];
  const guess = await mailArrives(rawMail({ header: { References: id, From: STRANGER }, body: text }), time);
  expected.mail(guess, new ExpectedPeople(STRANGER, []));
  const filed = await mailArrives(rawMail({ header: { "Message-ID": id, From: from }, body: text }), time);
  expect(filed.id).not.toBe(guess.id);
  expected.mail(filed, new ExpectedPeople(from, []));
}

/** The header that the trusted mail server writes on top. */
function checked(result: string): Record<string, string> {
  return { "Authentication-Results": `${TRUSTED_SERVER}; ${result}` };
}
