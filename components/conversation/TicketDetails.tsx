"use client";
import type { ReactNode } from "react";
import { useMember } from "@/components/client/Member";
import { Age, Ago, ClockTime } from "@/components/ui/Age";
import { Avatar } from "@/components/ui/Avatar";
import { Icon } from "@/components/ui/Icon";
import { OwnerRing } from "@/components/ui/OwnerRing";
import { STATUS_ICONS } from "@/components/ui/StatusChip";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import { assignmentOf, STATUS_NAMES, type Assignment } from "@/lib/api/vocabulary";
import { CardState } from "./CardState";
import { HistorySection } from "./HistorySection";
import { PeopleSection } from "./PeopleSection";

type Props = { detail: TicketDetailResponse; refresh: () => Promise<unknown> };

/** The facts about the ticket beside its conversation. */
export function TicketDetails({ detail, refresh }: Props) {
  const reader = useMember();
  const { ticket } = detail;
  const { status } = ticket;
  const assignment = assignmentOf(ticket);
  return (
    <>
      <Section title="Ticket">
        <Fact name="From">
          <a href={`mailto:${ticket.from}`} title={ticket.from} className="min-w-0 truncate hover:underline">
            {ticket.from || "Unknown sender"}
          </a>
        </Fact>
        <Fact name="Subject">
          <span dir="auto" className="min-w-0 py-1 text-pretty wrap-anywhere">
            {ticket.subject || "No subject"}
          </span>
        </Fact>
        <Fact name="Claimed by">
          {assignment ? (
            <Avatar member={{ id: assignment.assignedTo, name: assignment.assignedToName }} />
          ) : (
            <OwnerRing state="nobody" className="text-unclaimed" />
          )}
          <span className="min-w-0 truncate">{assigneeText(assignment, reader.id)}</span>
        </Fact>
        {assignment && (
          <Fact name="Claimed at">
            <Ago since={assignment.claimedAt} />
          </Fact>
        )}
        <Fact name="Status">
          <Icon name={STATUS_ICONS[status]} size={14} className="text-ink-2" />
          {STATUS_NAMES[status]}
        </Fact>
        {ticket.inbox && (
          <Fact name="Inbox">
            <span title={ticket.inbox} className="min-w-0 truncate">
              {ticket.inbox.replace(/@.*$/, "@")}
            </span>
          </Fact>
        )}
        <Fact name="Received">
          <ClockTime at={ticket.receivedAt} />
        </Fact>
        <Fact name="Waiting for">
          {ticket.waitingSince ? (
            <Age since={ticket.waitingSince} className="text-ui" />
          ) : (
            <span className="text-ink-3">Not waiting</span>
          )}
        </Fact>
      </Section>
      <PeopleSection ticket={ticket} people={detail} refresh={refresh} />
      <Section title="Discord">
        <Fact name="Card">
          <CardState ticket={ticket} refresh={refresh} />
        </Fact>
      </Section>
      <HistorySection key={ticket._id} detail={detail} />
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-2 text-small font-medium text-ink-3">{title}</h2>
      <dl className="grid grid-cols-[84px_minmax(0,1fr)] gap-y-0.5">{children}</dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="pt-1 text-ink-3">{name}</dt>
      <dd className="flex min-h-7 min-w-0 items-center gap-[7px]">{children}</dd>
    </>
  );
}

function assigneeText(assignment: Assignment | null, readerId: string): string {
  if (!assignment) return "Nobody yet";
  return assignment.assignedTo === readerId ? "You" : assignment.assignedToName;
}
