"use client";
import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { changeParticipants, fetchMessageText } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { isSameAddress, withName, type People } from "./people";
import { offerText } from "./text-offer";

type Props = {
  /** The address that mail cannot be delivered to. */
  dead: string;
  message: TicketMessage;
  ticket: Ticket;
  people: People;
  refresh: () => Promise<unknown>;
  /** Called with a sentence on the outcome. */
  onDone: (sentence: string) => void;
  onCancel: () => void;
};

/** Replaces a dead address in the ticket, and puts the text of the reply into the form, to be sent again. */
export function CorrectAddress({ dead, message, ticket, people, refresh, onDone, onCancel }: Props) {
  const [address, setAddress] = useState(dead);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const correct = useVerb({
    call: (corrected: string, options) =>
      changeParticipants({ threadId: ticket._id, ...replacing(dead, corrected, people) }, options),
    refresh: () => refresh(),
    onSettled: (outcome) => void (outcome.ok && giveBack()),
  });

  async function giveBack() {
    const text = await wholeText(message);
    const isTaken = offerText(ticket._id, { text, dead });
    onDone(isTaken ? "The address is corrected." : "Your draft is kept. The reply’s text is above.");
  }

  function handleSubmit(event: SubmitEvent) {
    event.preventDefault();
    correct.run(address.trim());
  }

  return (
    <form noValidate className="grid basis-full gap-2.5 md:pl-[38px]" onSubmit={handleSubmit}>
      <label className="grid gap-1">
        <span className="font-medium">The right address</span>
        <input
          ref={field}
          type="email"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          className="h-(--control) w-full max-w-90 min-w-0 rounded-control border border-line-strong bg-raised px-2.5 max-md:h-(--touch) max-md:rounded-touch max-md:text-touch"
        />
      </label>
      <p role={correct.failure ? "alert" : "status"} className="wrap-anywhere text-ink-2 empty:hidden">
        {verbNote(correct)}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" size="auto" pending={correct.pending !== null} pendingLabel="Correcting">
          Correct it
        </Button>
        <Button size="auto" variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function replacing(dead: string, corrected: string, { participants }: People) {
  const known = participants.find((person) => isSameAddress(person.address, dead));
  const person = corrected.includes("<")
    ? corrected
    : withName({ address: corrected, name: known?.name ?? null });
  const remove = [dead];
  return known?.role === "customer" ? { customer: person, remove } : { add: [person], remove };
}

/** The text, of which the page may have only the beginning; "" if the rest cannot be read. */
async function wholeText({ _id, text, isClipped }: TicketMessage): Promise<string> {
  if (!isClipped) return text;
  return fetchMessageText(_id).then(
    (whole) => whole.text,
    () => "",
  );
}
