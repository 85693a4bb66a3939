"use client";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Button } from "@/components/ui/Button";
import { Sheet } from "./Sheet";
import { useKeptWords } from "./use-kept-words";
import { isTooLong, WordsField } from "./WordsField";

type Props = {
  threadId: string;
  /** The ticket in quotation marks. */
  name: string;
  /** The first name of whoever gave it. */
  giver: string;
  pending: boolean;
  /** Why the last attempt failed; the reason is kept. */
  failure: ReactNode;
  onDecline: (reason: string) => void;
  onClose: () => void;
};

/** Asks why a ticket is declined: nobody declines one without a word. A reason is kept until the ticket is declined. */
export function DeclineDialog({ threadId, name, giver, pending, failure, onDecline, onClose }: Props) {
  const [reason, setReason] = useKeptWords("reason", threadId);
  const [isMissing, setIsMissing] = useState(false);

  function handleSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const isEmpty = reason.trim() === "";
    setIsMissing(isEmpty);
    if (isEmpty || isTooLong(reason)) event.currentTarget.querySelector("textarea")?.focus();
    else if (!pending) onDecline(reason.trim());
  }

  return (
    <Sheet label={`Decline ${name}?`} onClose={onClose}>
      <form noValidate onSubmit={handleSubmit} className="p-5 max-md:px-4">
        <h2 className="text-title font-semibold tracking-[-.01em] wrap-anywhere">Decline {name}?</h2>
        <p className="mt-1.5 mb-3 text-ink-2">
          Nobody holds it then. {giver} reads your reason, and so does whoever claims it next.
        </p>
        <WordsField
          label="Reason"
          placeholder="Why somebody else should do it"
          rows={3}
          words={reason}
          isReadOnly={pending}
          onWrite={setReason}
        />
        <p role="alert" className="mt-2 text-danger empty:hidden">
          {isMissing && reason.trim() === ""
            ? "Say in a few words why you decline it, so that the next one knows."
            : failure}
        </p>
        <div className="mt-4 flex flex-wrap justify-end gap-2 max-md:flex-col-reverse">
          <Button size="auto" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" size="auto" variant="solid" pending={pending} pendingLabel="Declining">
            Decline
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
