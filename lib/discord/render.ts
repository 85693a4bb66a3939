import "server-only";
import { CAUSE_WORDS } from "@/lib/api/delivery-words";
import { ticketReference, type AttentionKind, type DeliveryCause } from "@/lib/api/vocabulary";
import { escapeWithin, visibleLine, visibleText } from "./escape";

/** The facts of a ticket that its card shows. */
export type CardFacts = {
  threadId: string;
  to: string;
  from: string;
  subject: string;
  excerpt: string;
  /** The assignee's address, or null if nobody holds the ticket. */
  claimedBy: string | null;
  isResolved: boolean;
  /** Why a person has to look at it; null if nothing wants attention. */
  attention: { kind: AttentionKind; cause: DeliveryCause | null } | null;
};

/** A whole message as Discord stores it; the same for a first post and for an edit. */
export type CardPayload = {
  content: string;
  embeds: [];
  allowed_mentions: { parse: [] };
  flags: number;
};

/** Longest message text; https://discord.com/developers/docs/resources/webhook#execute-webhook */
const CONTENT_LENGTH_MAX = 2000;
/** Shows no preview of a link, neither of ours nor of one in the customer's text. */
const SUPPRESS_EMBEDS = 4;

const REFERENCE_LENGTH_MAX = 20;
const ADDRESS_LENGTH_MAX = 200;
const SUBJECT_LENGTH_MAX = 300;
const EXCERPT_LENGTH_MAX = 800;
const EXCERPT_LINES_MAX = 10;
const LINK_LENGTH_MAX = 600;

type Options = {
  /** The app's own address for the reply link; null for a card without the link. */
  appUrl: string | null;
  /** Leaves out the customer's text, for a card that Discord refused. */
  withoutCustomerText?: boolean;
};

/**
 * The card of a ticket; the same facts always give the same text. Text from outside is escaped and then cut, so the
 * card stays within Discord's 2000 characters and none of that text is markup, a link or a ping.
 */
export function renderCard(facts: CardFacts, { appUrl, withoutCustomerText = false }: Options): CardPayload {
  const state = [
    facts.claimedBy === null
      ? null
      : `👤 Claimed by: ${line(facts.claimedBy, ADDRESS_LENGTH_MAX, "a team member")}`,
    attentionLine(facts.attention),
    facts.isResolved ? "✅ Resolved" : null,
  ];
  const link = appUrl === null ? null : replyLink(appUrl, facts.threadId);
  const content = withoutCustomerText
    ? lines("📧 New email", ...state, link)
    : fullContent(facts, state, link === null ? "" : `\n\n${link}`);
  return payloadOf(content);
}

/** The short line in place of a ticket's old card, once its new one stands further down. */
export function renderMovedCard(threadId: string): CardPayload {
  return payloadOf(
    `${line(ticketReference(threadId), REFERENCE_LENGTH_MAX, "")} · moved to the end of the channel`,
  );
}

function payloadOf(content: string): CardPayload {
  return { content, embeds: [], allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS };
}

/**
 * Says that a hand-over was declined, or of a reply that it did not simply arrive. A customer's mail needs no line: the card
 * shows its text.
 */
const ATTENTION_LINES: Record<Exclude<AttentionKind, "customer_mail">, string> = {
  declined: "↩️ Hand-over declined",
  came_back: "⚠️ Reply came back",
  failed: "⚠️ Reply not delivered",
  unconfirmed: "⚠️ Reply may not have been sent",
  undone: "↩️ Reply undone",
  delayed: "⏳ Reply delayed",
};

/** In our own words: a mail server's may be anybody's. */
function attentionLine(attention: CardFacts["attention"]): string | null {
  if (attention === null || attention.kind === "customer_mail") return null;
  const text = ATTENTION_LINES[attention.kind];
  return attention.cause === null ? text : `${text}: ${CAUSE_WORDS[attention.cause]}`;
}

function fullContent(facts: CardFacts, state: (string | null)[], ending: string): string {
  const head = lines(
    `📧 New email to ${line(facts.to, ADDRESS_LENGTH_MAX, "support")}`,
    ...state,
    `From: ${line(facts.from, ADDRESS_LENGTH_MAX, "(unknown sender)")}`,
    `Subject: ${line(facts.subject, SUBJECT_LENGTH_MAX, "(no subject)")}`,
  );
  const left = CONTENT_LENGTH_MAX - head.length - ending.length - "\n\n".length;
  const excerpt = escapeWithin(readable(facts.excerpt) || "(no text)", Math.min(EXCERPT_LENGTH_MAX, left));
  return `${head}\n\n${excerpt}${ending}`;
}

/** The card's last line, escaped so that nothing ends the link early; null if it would take too much room. */
function replyLink(appUrl: string, threadId: string): string | null {
  const { href } = new URL(`${appUrl.replace(/\/+$/, "")}/reply/${threadId}`);
  const safe = href.replace(
    /[()<> ]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return safe.length > LINK_LENGTH_MAX ? null : `🔗 [Click here to reply](<${safe}>)`;
}

function line(text: string, lengthMax: number, fallback: string): string {
  return escapeWithin(visibleLine(text) || fallback, lengthMax);
}

/** Visible text with single empty lines, cut to its first ten lines. */
function readable(excerpt: string): string {
  const all = visibleText(excerpt)
    .replace(/ *\n */g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
    .split("\n");
  const shown = all.slice(0, EXCERPT_LINES_MAX).join("\n").trimEnd();
  return all.length > EXCERPT_LINES_MAX ? `${shown}\n…` : shown;
}

function lines(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join("\n");
}
