"use client";
import { useRef } from "react";
import { z } from "zod";
import { useLiveEvents } from "@/components/client/Live";
import { useMember } from "@/components/client/Member";
import { useOpenPage } from "@/components/client/open-page";
import { serverNow } from "@/components/ui/server-clock";
import { readStored, writeStored } from "@/components/ui/stored-choice";
import { useToast } from "@/components/ui/Toast";
import { firstNameOf } from "@/components/ui/people";
import { pageHref, ticketHref } from "@/components/tickets/ticket-paths";
import type { LiveRow } from "@/lib/api/contracts";
import type { Handover, Person, TicketSummary } from "@/lib/api/vocabulary";
import { giverOf, givenTo } from "./handover-words";

/** A hand-over that is older when the page hears of it came while it was away: only lists and the ticket tell it. */
const NEWS_MS = 60_000;
/** Hand-overs of one member that follow each other this fast are told together, in milliseconds. */
const TOGETHER_MS = 10_000;
const KEPT_MAX = 100;
/** Characters of the note that a toast shows. */
const NOTE_SHOWN = 140;

type News = { ticket: TicketSummary; handover: Handover };
/** A hand-over of the member's own that was declined. */
type Declining = { ticket: TicketSummary; by: Person; reason: string; at: string };
type Told = { byId: string; at: number; threadIds: Set<string> };

/**
 * Tells the member in a toast, on every page, when somebody gives them a ticket, or declines one that they gave; each once
 * per browser.
 */
export function HandoverToasts() {
  const member = useMember();
  const showToast = useToast();
  const openPage = useOpenPage();
  const last = useRef<Told | null>(null);

  function tell({ ticket, handover }: News) {
    const now = performance.now();
    const before = last.current;
    const isMore = before?.byId === handover.by.id && now - before.at < TOGETHER_MS;
    const threadIds = new Set([...(isMore ? before.threadIds : []), ticket._id]);
    last.current = { byId: handover.by.id, at: now, threadIds };
    const href = threadIds.size === 1 ? ticketHref(ticket._id) : pageHref("mine");
    showToast({
      icon: "mine",
      text:
        threadIds.size === 1
          ? textOf(ticket, handover)
          : `${giverOf(handover)} gave you ${threadIds.size} tickets.`,
      action: { label: "Open", run: () => openPage(href) },
    });
  }

  function tellDeclined({ ticket: { _id, subject }, by, reason }: Declining) {
    const start = `${firstNameOf(by.name || by.email)} declined “${subject || "No subject"}”`;
    showToast({
      icon: "alert",
      text: withWords(start, reason),
      action: { label: "Open", run: () => openPage(ticketHref(_id)) },
    });
  }

  useLiveEvents((event) => {
    if (event.name !== "rows") return;
    for (const row of event.data.rows) {
      const given = newsIn(row, member.id);
      if (given && noteTold(member.id, row.ticket, given.handover.at)) tell(given);
      const declining = decliningIn(row, member.id);
      if (declining && noteTold(member.id, row.ticket, declining.at)) tellDeclined(declining);
    }
  });
  return null;
}

/** The hand-over that a row tells, if it is to the member and has just happened. */
function newsIn({ ticket, lines }: LiveRow, memberId: string): News | null {
  const handover = givenTo(ticket, memberId);
  const isNews = lines.some(({ kind, assignee }) => kind === "reassigned" && assignee?.id === memberId);
  return handover && isNews && isRecent(handover.at) ? { ticket, handover } : null;
}

/** Tells that somebody has just declined a ticket that the member gave them. */
function decliningIn({ ticket, lines }: LiveRow, memberId: string): Declining | null {
  const { declined, givenBackTo } = ticket;
  const line = lines.findLast(({ kind }) => kind === "declined");
  if (!declined || givenBackTo !== memberId || declined.by.id === memberId) return null;
  return line && isRecent(line.at) ? { ticket, ...declined, at: line.at } : null;
}

function isRecent(at: string): boolean {
  return serverNow() - Date.parse(at) <= NEWS_MS;
}

function textOf({ subject }: TicketSummary, handover: Handover): string {
  return withWords(`${giverOf(handover)} gave you “${subject || "No subject"}”`, handover.note ?? "");
}

function withWords(start: string, words: string): string {
  const note = words.replace(/\s+/g, " ");
  if (!note) return `${start}.`;
  return `${start}: ${note.length > NOTE_SHOWN ? `${note.slice(0, NOTE_SHOWN).trimEnd()}…` : note}`;
}

const Kept = z.array(z.string());

/** Notes in this browser that the news of then is told. False if it was, in this window or another. */
function noteTold(memberId: string, { _id }: TicketSummary, at: string): boolean {
  const key = `claimdesk.handovers.${memberId}`;
  const name = `${_id} ${at}`;
  const told = readTold(key);
  if (told.includes(name)) return false;
  writeStored(key, JSON.stringify([name, ...told].slice(0, KEPT_MAX)));
  return true;
}

function readTold(key: string): string[] {
  try {
    return Kept.safeParse(JSON.parse(readStored(key) ?? "[]")).data ?? [];
  } catch {
    return [];
  }
}
