"use client";
import { useId, useRef, useState } from "react";
import { useMember } from "@/components/client/Member";
import { verbNote } from "@/components/client/verb-note";
import { firstNameOf } from "@/components/ui/people";
import {
  otherAssignee,
  type Newcomer,
  type NewcomerReason,
  type Participant,
  type ParticipantRole,
  type Ticket,
} from "@/lib/api/vocabulary";
import { addressName, type People } from "./people";
import { PersonRow, type Person } from "./PersonRow";
import { usePeople, type PersonAct, type PersonChange } from "./use-people";

const ROLES: Record<ParticipantRole, string> = {
  customer: "Customer",
  copied: "Copied",
  member: "Added by the team",
};
const REASONS: Record<NewcomerReason, string> = {
  wrote: "New here",
  reply_to: "Asked for answers here",
  copied: "Named in a mail, not addressed",
};
const DONE: Record<PersonAct, (who: string) => string> = {
  add: (who) => `${who} is in the conversation now.`,
  remove: (who) => `${who} is no longer in the conversation.`,
  dismiss: (who) => `${who} was dismissed.`,
  customer: (who) => `${who} is the customer now.`,
};

/** People of each kind that are shown before the others are folded. */
const SHOWN_MAX = 8;

type Props = { ticket: Ticket; people: People; refresh: () => Promise<unknown> };

/** Everybody in the conversation, then those whom nothing is sent to until a member adds them. */
export function PeopleSection({ ticket, people, refresh }: Props) {
  const member = useMember();
  const [isWhole, setIsWhole] = useState(false);
  const said = useRef<HTMLParagraphElement>(null);
  const id = useId();
  const change = usePeople(ticket._id, refresh, () => {
    // The row with the focus may be gone by then.
    if (document.activeElement === document.body) said.current?.focus();
  });
  const assignee = otherAssignee(ticket, member.id)?.assignedToName;
  const mayChange = member.role !== "viewer" && !assignee;

  const persons = [
    shownOf(people.participants, isWhole).map((participant) => toPerson(participant, mayChange)),
    shownOf(people.newcomers, isWhole).map((newcomer) => toOutsider(newcomer, mayChange)),
  ].flat();
  const count = people.participants.length + people.newcomers.length;
  const isFolded = persons.length < count;
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 id={id} className="mb-1 text-small font-medium text-ink-3">
        In this conversation
      </h2>
      {count === 0 && <p className="py-1 text-ink-3">Nobody whom mail can be sent to.</p>}
      <ul>
        {persons.map((person) => (
          <PersonRow
            key={person.address}
            person={person}
            pending={change.pending?.argument.address === person.address ? change.pending.argument.act : null}
            onAct={(act) => change.run({ act, address: person.address })}
          />
        ))}
      </ul>
      {(isFolded || isWhole) && (
        <button
          type="button"
          aria-expanded={isWhole}
          onClick={() => setIsWhole(!isWhole)}
          className="mt-1 inline-flex h-7 items-center text-small font-medium text-mine hover:underline max-md:h-11"
        >
          {isWhole ? "Show fewer" : `Show all ${count}`}
        </button>
      )}
      <p
        ref={said}
        role={change.failure ? "alert" : "status"}
        tabIndex={-1}
        className="mt-1 text-small text-pretty wrap-anywhere text-ink-2 outline-none empty:hidden"
      >
        {verbNote(change) ?? doneText(change.done, people, ticket)}
      </p>
      {assignee && member.role !== "viewer" && (
        <p className="mt-1 text-small text-pretty text-ink-3">
          {firstNameOf(assignee)} holds this ticket and decides who is in it.
        </p>
      )}
    </section>
  );
}

function shownOf<Item>(items: Item[], isWhole: boolean): Item[] {
  return isWhole || items.length <= SHOWN_MAX + 1 ? items : items.slice(0, SHOWN_MAX);
}

function toPerson({ address, name, role, problem }: Participant, mayChange: boolean): Person {
  const acts: PersonAct[] = problem === null ? ["customer", "remove"] : ["remove"];
  const own = role === "customer" ? [] : acts;
  return { address, name, label: ROLES[role], problem, isOutside: false, acts: mayChange ? own : null };
}

function toOutsider({ address, name, why }: Newcomer, mayChange: boolean): Person {
  const acts: PersonAct[] | null = mayChange ? ["add", "customer", "dismiss"] : null;
  return { address, name, label: REASONS[why], problem: null, isOutside: true, acts };
}

function doneText(done: PersonChange | null, people: People, ticket: Ticket): string | null {
  return done && DONE[done.act](addressName(done.address, people, ticket));
}
