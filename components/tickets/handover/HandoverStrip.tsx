"use client";
import { useState, type ReactNode } from "react";
import { useMember } from "@/components/client/Member";
import type { Expected } from "@/components/client/use-shown";
import { verbNote } from "@/components/client/verb-note";
import { Ago } from "@/components/ui/Age";
import { Banner } from "@/components/ui/Banner";
import { Button } from "@/components/ui/Button";
import { firstNameOf } from "@/components/ui/people";
import { assignmentOf, type Handover, type Ticket } from "@/lib/api/vocabulary";
import { DeclineDialog } from "./DeclineDialog";
import { giverOf, givenTo } from "./handover-words";
import { useHandoverActs } from "./use-handover-acts";
import { useKeptWords } from "./use-kept-words";

type Props = { ticket: Ticket; refresh: (isExpected?: Expected) => Promise<unknown> };

/**
 * Until the receiver has worked on a ticket: tells them who gave it to them, and tells the giver whom they gave it to. The
 * first may decline it, the second take it back. Others see nothing.
 */
export function HandoverStrip({ ticket, refresh }: Props) {
  const member = useMember();
  const [isAsking, setIsAsking] = useState(false);
  /** The giver's name when the dialog was opened: they may take the ticket back meanwhile. */
  const [giver, setGiver] = useState("");
  const received = givenTo(ticket, member.id);
  const receiver = assignmentOf(ticket);
  const given = !received && ticket.handover?.by.id === member.id ? ticket.handover : null;
  const isGoingOn = received !== null || given !== null;
  const [, keepReason] = useKeptWords("reason", ticket._id);
  const { declining, taking, ended, outcome } = useHandoverActs(ticket, isGoingOn, refresh, () => {
    keepReason("");
    setIsAsking(false);
  });

  function ask(from: Handover) {
    setGiver(giverOf(from));
    setIsAsking(true);
  }
  return (
    <>
      {received && (
        <Strip
          tone="mine"
          handover={received}
          action={
            <Button size="auto" className="max-md:w-full" onClick={() => ask(received)}>
              Decline…
            </Button>
          }
        >
          {giverOf(received)} gave you this
        </Strip>
      )}
      {given && receiver && (
        <Strip
          tone="others"
          handover={given}
          note={verbNote(taking)}
          action={
            <Button
              size="auto"
              className="max-md:w-full"
              pending={taking.pending !== null}
              pendingLabel="Taking"
              onClick={() => taking.run(receiver.assignedTo)}
            >
              Take it back
            </Button>
          }
        >
          You gave this to {firstNameOf(receiver.assignedToName)}
        </Strip>
      )}
      {ended && (
        <Banner tone="others" icon="check">
          <span ref={outcome} tabIndex={-1} className="outline-none">
            {ended === "declined" ? `You declined it. ${giver} is told.` : "It is yours again."}
          </span>
        </Banner>
      )}
      {isAsking && (
        <DeclineDialog
          threadId={ticket._id}
          name={`“${ticket.subject || "No subject"}”`}
          giver={giver}
          pending={declining.pending !== null}
          failure={verbNote(declining)}
          onDecline={declining.run}
          onClose={() => {
            declining.reset();
            setIsAsking(false);
          }}
        />
      )}
    </>
  );
}

type StripProps = {
  tone: "mine" | "others";
  handover: Handover;
  action: ReactNode;
  note?: ReactNode;
  children: ReactNode;
};

function Strip({ tone, handover: { at, note: words }, action, note, children }: StripProps) {
  return (
    <Banner tone={tone} icon="mine" className="md:items-center max-md:[&>div]:min-w-60" action={action}>
      <b className="font-semibold">{children}</b> <Ago since={at} />
      {words ? (
        <>
          :{" "}
          <span className="whitespace-pre-wrap">
            “<bdi>{words}</bdi>”
          </span>
        </>
      ) : (
        "."
      )}
      {note && <> {note}</>}
    </Banner>
  );
}
