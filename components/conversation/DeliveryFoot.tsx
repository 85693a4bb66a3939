"use client";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { settleDelivery } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { firstNameOf } from "@/components/ui/people";
import type { DeliveryAction, TeamMember, Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { CardFoot } from "./CardFoot";
import { CorrectAddress } from "./CorrectAddress";
import { actionsFor, deadAddresses, doneWords, type Choice } from "./delivery-actions";
import { storyOf } from "./delivery-story";
import { DeliveryPast, DeliveryTold } from "./DeliveryTold";
import { addressName, type People } from "./people";
import type { ReplyNews } from "./reply-news";

type Props = {
  message: TicketMessage;
  news: ReplyNews;
  ticket: Ticket;
  people: People;
  refresh: () => Promise<unknown>;
};

/** Tells the outcome of a reply, with the assignee's possible actions; renders nothing for one that simply went out. */
export function DeliveryFoot({ message, news, ticket, people, refresh }: Props) {
  const member = useMember();
  const said = useRef<HTMLParagraphElement>(null);
  const [settled, setSettled] = useState<DeliveryAction | null>(null);
  const [correcting, setCorrecting] = useState<string | null>(null);
  const [corrected, setCorrected] = useState<string | null>(null);
  const settle = useVerb({
    call: (action: DeliveryAction, options) => settleDelivery({ messageId: message._id, action }, options),
    refresh: () => refresh(),
    onSettled: (outcome, action) => {
      if (!outcome.ok) return;
      flushSync(() => setSettled(action));
      // The button is gone by then; the focus stays here.
      said.current?.focus();
    },
  });
  const isAssignee = ticket.assignedTo === member.id;
  const { now, before, older } = storyOf(message, news.notices, {
    recipient: firstNameOf(addressName(message.to[0] ?? ticket.from, people, ticket)),
    undoneBy: nameOf(news.undoneBy, member.id),
  });
  const choices = actionsFor(message);
  const dead = isAssignee ? deadAddresses(message, now, people) : [];
  const done = settled && doneWords(settled, message);
  if (now.length + before.length === 0 && !done && !settle.pending && !corrected) return null;
  const words = verbNote(settle) ?? corrected ?? done ?? outlook(message, ticket, choices, member);
  return (
    <CardFoot isOurs className="flex flex-wrap items-center gap-x-3 gap-y-2.5">
      {now.map((told) => (
        <DeliveryTold key={told.key} told={told} />
      ))}
      <DeliveryPast before={before} older={older} />
      <p
        ref={said}
        role="status"
        tabIndex={-1}
        className="min-w-0 basis-full text-ink-2 outline-none empty:hidden md:pl-[38px]"
      >
        {words}
      </p>
      {correcting !== null && (
        <CorrectAddress
          dead={correcting}
          {...{ message, ticket, people, refresh }}
          onDone={(sentence) => {
            setCorrected(sentence);
            setCorrecting(null);
          }}
          onCancel={() => {
            flushSync(() => setCorrecting(null));
            said.current?.parentElement?.querySelector<HTMLElement>("[data-correct]")?.focus();
          }}
        />
      )}
      {isAssignee && correcting === null && choices.length + dead.length > 0 && (
        <div className="flex max-w-full flex-wrap gap-2 max-md:w-full md:pl-[38px]">
          {dead.map((address) => (
            <CorrectButton
              key={address}
              address={address}
              isOnly={dead.length === 1}
              isDisabled={settle.pending !== null}
              onPress={() => setCorrecting(address)}
            />
          ))}
          {choices.map((choice) => (
            <SettleButton key={choice.label} choice={choice} settle={settle} />
          ))}
        </div>
      )}
    </CardFoot>
  );
}

type CorrectProps = { address: string; isOnly: boolean; isDisabled: boolean; onPress: () => void };

function CorrectButton({ address, isOnly, isDisabled, onPress }: CorrectProps) {
  return (
    <Button
      data-correct
      size="auto"
      className="max-w-full min-w-0 max-md:flex-1"
      aria-label={`Correct the address… ${address}`}
      disabled={isDisabled}
      onClick={onPress}
    >
      <span className="cut">{isOnly ? "Correct the address…" : `Correct ${address}…`}</span>
    </Button>
  );
}

type SettleProps = {
  choice: Choice;
  settle: Pick<ReturnType<typeof useVerb<DeliveryAction, unknown>>, "pending" | "run">;
};

function SettleButton({ choice, settle }: SettleProps) {
  const pending = settle.pending?.argument;
  return (
    <Button
      size="auto"
      className="max-md:flex-1"
      pending={pending === choice.action}
      pendingLabel={choice.pendingLabel}
      disabled={pending !== undefined && pending !== choice.action}
      onClick={() => settle.run(choice.action)}
    >
      {choice.label}
    </Button>
  );
}

/** Whose turn it is; null if there is nothing to decide, or if somebody else holds the ticket, as the header says. */
function outlook(
  { state }: TicketMessage,
  { assignedTo }: Ticket,
  choices: Choice[],
  reader: TeamMember,
): string | null {
  if (choices.length === 0) return null;
  if (assignedTo === reader.id) return state === "failed" ? "You still hold the ticket." : null;
  return assignedTo || reader.role === "viewer" ? null : "Claim this ticket to settle it.";
}

function nameOf(person: ReplyNews["undoneBy"], readerId: string): string | null {
  if (!person) return null;
  return person.id === readerId ? "You" : firstNameOf(person.name || person.email);
}
