import "server-only";
import { createHash } from "node:crypto";
import { addressProblem } from "./address";
import { cleanLine, cleanText } from "./clean-text";
import type { ComposedMail, Sender } from "./compose";

const NAME_MAX = 80;
const SUBJECT_MAX = 200;
const LINE_MAX = 1_000;

/** The switch's name in the member's menu. */
const SWITCH = "Mail me when I am given a ticket";
/** Hex digits of the id: few enough that its header needs no second line, which some relays lose. */
const DIGITS = 32;
const OWN_ID = new RegExp(`^<?handover\\.[0-9a-f]{${DIGITS}}@[^@]+$`);

/** A ticket that a member gave to another one. */
export type Handover = {
  /** The operation that gave it; each has a mail of its own. */
  op: string;
  threadId: string;
  /** Such as "#4f9a2c". */
  reference: string;
  by: { email: string; name: string };
  at: Date;
  note: string | null;
  subject: string;
  customer: { address: string; name: string | null };
  excerpt: string;
};

/** The same for every attempt, so that mail programs show a mail once that was sent twice. */
export function handoverMessageId({ threadId, op }: Pick<Handover, "threadId" | "op">, own: string): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([threadId, op]))
    .digest("hex");
  return `<handover.${digest.slice(0, DIGITS)}@${own.slice(own.lastIndexOf("@") + 1)}>`;
}

/** True for a Message-ID, with or without brackets, of the form that mails about hand-overs have. */
export function isHandoverMessageId(id: string): boolean {
  return OWN_ID.test(id);
}

/**
 * The mail that tells a member of a hand-over, as nodemailer takes it: plain text, marked as automatic. An answer goes to
 * the giver. Its own id is in References too, since some relays replace Message-ID.
 */
export function composeHandoverMail(
  handover: Handover,
  { to, sender, appUrl }: { to: string; sender: Sender; appUrl: string | null },
): ComposedMail {
  const { by, reference, subject, at } = handover;
  const messageId = handoverMessageId(handover, sender.address);
  const name = sender.name === null ? "Support desk" : `${sender.name} desk`;
  const isAnswerable = addressProblem(by.email) === null;
  return {
    from: { name, address: sender.address },
    ...(isAnswerable ? { replyTo: { name: nameOf(by), address: by.email } } : {}),
    to: [{ name: "", address: to }],
    cc: [],
    subject: `${nameOf(by)} gave you ${reference}: ${topicOf(subject)}`,
    messageId,
    references: [messageId],
    date: at,
    text: textOf(handover, { appUrl, isAnswerable }),
    encoding: "quoted-printable",
    headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function nameOf({ name, email }: Handover["by"]): string {
  return cleanLine(name, NAME_MAX) || cleanLine(email, NAME_MAX);
}

function topicOf(subject: string): string {
  return cleanLine(subject, SUBJECT_MAX) || "(no subject)";
}

function textOf(
  { threadId, reference, by, note, subject, customer, excerpt }: Handover,
  { appUrl, isAnswerable }: { appUrl: string | null; isAnswerable: boolean },
): string {
  const giver = nameOf(by);
  const from = [cleanLine(customer.name ?? "", NAME_MAX), cleanLine(customer.address, LINE_MAX)];
  const ticket = appUrl === null ? "in the desk" : `here: ${appUrl}/dashboard/tickets/${threadId}`;
  const paragraphs = [
    `${giver} gave you ticket ${reference}.`,
    note === null ? null : `${giver} wrote:\n${quoted(note)}`,
    [`Customer: ${from.filter(Boolean).join(", ")}`, `Subject: ${topicOf(subject)}`, quoted(excerpt)]
      .filter(Boolean)
      .join("\n"),
    `Open it ${ticket}`,
    `You cannot take it? Press Decline there and say why in a few words. The ticket is then unassigned again, and ${giver} sees why.`,
    isAnswerable ? `If you answer this mail, your answer goes to ${giver}, not to the customer.` : null,
    `You get this mail since you asked for one whenever somebody gives you a ticket. To switch that off, open the menu with your name in the desk and press "${SWITCH}".`,
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== null).join("\n\n")}\n`;
}

/** Text from outside, marked as such; "" if there is none. */
function quoted(text: string): string {
  const lines = cleanText(text).split("\n");
  const shown = lines.map((line) => `> ${cleanLine(line, LINE_MAX)}`.trimEnd());
  return lines.join("") === "" ? "" : shown.join("\n");
}
