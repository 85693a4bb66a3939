"use client";
import { useRef } from "react";
import { requestCard } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { Icon, type IconName } from "@/components/ui/Icon";
import type { CardSummary, Ticket } from "@/lib/api/vocabulary";

type Look = {
  text: string;
  icon: IconName;
  className?: string;
  /** The button that asks for the card. */
  choice?: { label: string; pendingLabel: string };
};

const STATES: Record<CardSummary["state"], Look> = {
  synced: { text: "Up to date", icon: "check" },
  pending: { text: "Being updated", icon: "clock" },
  failed: {
    text: "Not updated",
    icon: "alert",
    className: "font-medium text-danger",
    choice: { label: "Try again", pendingLabel: "Trying" },
  },
  gone: {
    text: "Gone",
    icon: "x",
    className: "text-ink-3",
    choice: { label: "Post again", pendingLabel: "Posting" },
  },
};

type Props = { ticket: Pick<Ticket, "_id" | "card">; refresh: () => Promise<unknown> };

/** The state of the card in the team's channel, its reason, and a button if only a person can bring the card back. */
export function CardState({ ticket: { _id: threadId, card }, refresh }: Props) {
  const mayAsk = useMember().role !== "viewer";
  const state = useRef<HTMLSpanElement>(null);
  const ask = useVerb({
    call: (id: string, options) => requestCard({ threadId: id }, options),
    refresh: () => refresh(),
    // The button is gone by then; the focus stays here.
    onSettled: (outcome) => outcome.ok && state.current?.focus(),
  });
  if (!card) return <span className="text-ink-3">None yet</span>;

  const { text, icon, className, choice } = STATES[card.state];
  return (
    <div className="grid min-w-0 flex-1 justify-items-start gap-1.5 py-1">
      <span
        ref={state}
        role="status"
        tabIndex={-1}
        className={classNames("inline-flex min-w-0 items-center gap-[7px]", className)}
      >
        <Icon name={icon} size={14} className={className ? undefined : "text-ink-2"} />
        <span className="min-w-0 truncate">{text}</span>
      </span>
      {card.lastError && <p className="text-small text-pretty text-ink-2 wrap-anywhere">{card.lastError}</p>}
      {choice && mayAsk && (
        <Button
          size="auto"
          pending={ask.pending !== null}
          pendingLabel={choice.pendingLabel}
          aria-label={`${choice.label}: the card in Discord`}
          onClick={() => ask.run(threadId)}
        >
          {choice.label}
        </Button>
      )}
      <p role="alert" className="text-small text-pretty text-ink-2 wrap-anywhere empty:hidden">
        {choice && verbNote(ask)}
      </p>
    </div>
  );
}
