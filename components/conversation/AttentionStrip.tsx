"use client";
import { useRef } from "react";
import { markSeen } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import type { Expected } from "@/components/client/use-shown";
import { verbNote } from "@/components/client/verb-note";
import { ClockTime } from "@/components/ui/Age";
import { Banner } from "@/components/ui/Banner";
import { Button } from "@/components/ui/Button";
import { otherAssignee, type Ticket, type TicketMessage } from "@/lib/api/vocabulary";
import { Held } from "./Held";
import { messagesAfter, newestShown, thatWrote } from "./newer-messages";
import { declining, lookOf, noticeSentence, type Look } from "./notice-words";
import { useGuarded } from "./use-guarded";

type Props = {
  ticket: Ticket;
  messages: TicketMessage[];
  refresh: (isExpected?: Expected) => Promise<unknown>;
};

/** Says why the ticket needs a look, until somebody who may has seen it; renders nothing otherwise. */
export function AttentionStrip({ ticket, messages, refresh }: Props) {
  const member = useMember();
  const outcome = useRef<HTMLSpanElement>(null);
  const seen = useGuarded<"seen">({
    newest: newestShown(ticket, messages),
    call: (_, lastSeenMessageId, options) => markSeen({ threadId: ticket._id, lastSeenMessageId }, options),
    refresh,
    // The button is gone by then; the focus stays here.
    onDone: () => outcome.current?.focus(),
  });
  const other = otherAssignee(ticket, member.id);
  const look = lookOf(ticket, messages);
  if (!look && !seen.isDone && !seen.pending) return null;

  const note = verbNote(seen);
  // A declined ticket needs somebody who holds it: a look alone does not help it.
  const mayMark = look && look.kind !== "declined" && member.role !== "viewer" && !other;
  return (
    <>
      <Banner
        tone={look ? toneOf(look.kind) : "others"}
        icon={look ? "alert" : "check"}
        className="md:items-center max-md:[&>div]:min-w-60"
        action={
          mayMark &&
          !seen.held && (
            <Button
              size="auto"
              className="max-md:w-full"
              pending={seen.pending !== null}
              pendingLabel="Marking"
              onClick={() => seen.run("seen")}
            >
              {ticket.assignedTo ? "Seen" : "Claim and mark as seen"}
            </Button>
          )
        }
      >
        <span ref={outcome} tabIndex={-1} className="outline-none">
          {look ? (
            <>
              <LookWords look={look} /> <ClockTime at={look.at} className="text-small" />
            </>
          ) : (
            "Marked as seen."
          )}
          {note && <> {note}</>}
        </span>
      </Banner>
      {seen.held && (
        <Held
          messages={seen.held.messages}
          more={messagesAfter(messages, seen.held.newest).length}
          label="Mark as seen anyway"
          pendingLabel="Marking"
          isPending={seen.pending !== null}
          onAnyway={seen.runAnyway}
          onLeave={() => {
            seen.leave();
            outcome.current?.focus();
          }}
        >
          <b className="font-semibold">
            Not marked as seen: {thatWrote(seen.held.messages, member.id, messages)}.
          </b>{" "}
          Read it, then mark it as seen.
        </Held>
      )}
    </>
  );
}

function LookWords({ look }: { look: Look }) {
  const reader = useMember();
  if (look.kind !== "declined") return <b className="font-semibold">{noticeSentence(look)}</b>;
  if (!look.declined) return <b className="font-semibold">Declined: nobody holds it now.</b>;
  const { reason } = look.declined;
  return (
    <>
      <b className="font-semibold">
        {declining(look.declined, reader.id)}
        {reason ? ":" : "."}
      </b>{" "}
      {reason && (
        <span className="whitespace-pre-wrap">
          “<bdi>{reason}</bdi>”
        </span>
      )}{" "}
      Nobody holds it now.
    </>
  );
}

function toneOf(kind: Look["kind"]): "danger" | "unclaimed" {
  return kind === "came_back" || kind === "failed" ? "danger" : "unclaimed";
}
