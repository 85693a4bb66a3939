"use client";
import { useMember } from "@/components/client/Member";
import type { TicketMessage, TicketStatus } from "@/lib/api/vocabulary";
import { Held } from "./Held";
import { messagesAfter, thatWrote } from "./newer-messages";
import type { StatusChange } from "./use-status-change";

type Props = {
  change: StatusChange;
  messages: TicketMessage[];
  /** Called with the status that was not set. */
  onLeave: (act: TicketStatus) => void;
};

/** The ticket was not resolved, or not set to Waiting, since somebody wrote; nothing otherwise. */
export function StatusHeld({ change, messages, onLeave }: Props) {
  const reader = useMember();
  const { held } = change;
  if (!held) return null;
  const isResolve = held.act === "resolved";
  return (
    <Held
      messages={held.messages}
      more={messagesAfter(messages, held.newest).length}
      label={isResolve ? "Resolve anyway" : "Set to Waiting anyway"}
      pendingLabel={isResolve ? "Resolving" : "Setting"}
      isPending={change.pending !== null}
      onAnyway={change.runAnyway}
      onLeave={() => {
        change.leave();
        onLeave(held.act);
      }}
    >
      <b className="font-semibold">
        {isResolve ? "Not resolved" : "Not set to Waiting"}: {thatWrote(held.messages, reader.id, messages)}.
      </b>{" "}
      Read it, then {isResolve ? "resolve" : "set it to Waiting"}.
    </Held>
  );
}
