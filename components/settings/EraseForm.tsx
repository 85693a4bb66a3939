"use client";
import { useEffect, useEffectEvent, useRef, useState, type SubmitEvent } from "react";
import { useSWRConfig } from "swr";
import { eraseCustomer, ERASURES_PATH } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { useToast } from "@/components/ui/Toast";
import { TextField } from "./TextField";

type Props = {
  address: string;
  /** The erasure has begun; the list below shows it. */
  onErasing: () => void;
};

/** Erases the customer after the address was typed again. A request that is not sent yet is given up with the form. */
export function EraseForm({ address, onErasing }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const [confirm, setConfirm] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const isKept = useRef(false);
  const { mutate } = useSWRConfig();
  const showToast = useToast();
  const erase = useVerb({
    call: eraseCustomer,
    refresh: () => mutate(ERASURES_PATH),
    onSettled: ({ ok }) => {
      if (!ok) return;
      showToast({ icon: "done", text: "The erasure has begun. It goes on if you close this page." });
      onErasing();
    },
  });
  useEffect(() => {
    if (isOpen)
      field.current?.focus(); // the person has just asked for it
    else if (isKept.current) opener.current?.focus();
  }, [isOpen]);
  const giveUp = useEffectEvent(() => erase.reset());
  useEffect(() => () => giveUp(), []);
  const isConfirmed = confirm.trim().toLowerCase() === address.toLowerCase();

  function handleSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (isConfirmed) erase.run({ address, confirm: confirm.trim() });
  }
  function keep() {
    if (erase.pending) void mutate(ERASURES_PATH); // a request without an answer may have begun it
    erase.reset();
    isKept.current = true;
    setIsOpen(false);
  }
  if (!isOpen) {
    return (
      <Button ref={opener} size="auto" variant="danger" onClick={() => setIsOpen(true)}>
        Erase…
      </Button>
    );
  }
  return (
    <form
      onSubmit={handleSubmit}
      onKeyDown={({ key }) => key === "Escape" && keep()}
      aria-label="Erase this customer"
      className="grid w-full max-w-140 gap-3 rounded-card border border-danger-line bg-danger-soft p-4"
    >
      <p className="text-pretty">
        The customer’s mails, replies, files and address are removed for good, from tickets and from the mail
        list. Tickets stay as empty entries, so that the same mail is not taken for a new one. In tickets with
        several people the others’ mails stay.
      </p>
      <TextField
        label="Type the address again to confirm"
        autoComplete="off"
        spellCheck={false}
        ref={field}
        value={confirm}
        onChange={setConfirm}
        className="w-full"
      />
      <div className="flex flex-wrap items-center gap-2 max-md:grid">
        <Button
          type="submit"
          size="auto"
          variant="danger"
          disabled={!isConfirmed}
          pending={erase.pending !== null}
          pendingLabel="Starting"
        >
          Erase for good
        </Button>
        <Button size="auto" onClick={keep}>
          Keep
        </Button>
        <span role="status" className="text-small text-ink-2">
          {verbNote(erase)}
        </span>
      </div>
    </form>
  );
}
