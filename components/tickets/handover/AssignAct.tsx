"use client";
import { Button } from "@/components/ui/Button";
import { useShortcuts } from "@/components/ui/shortcuts";
import { useReassign, type GivenTicket } from "./use-reassign";

/** Gives the ticket of a page to somebody: a button for those who may, and the key A, which says why others may not. */
export function AssignAct({ ticket }: { ticket: GivenTicket }) {
  const { ask, isOffered, dialog } = useReassign(ticket);
  useShortcuts({
    a: (event) => {
      event.preventDefault(); // else the letter lands in the field that opens
      ask();
    },
  });
  return (
    <>
      {isOffered && (
        <Button data-act="assign" variant="ghost" size="auto" keyCap="A" onClick={ask} className="-mx-2">
          Assign to…
        </Button>
      )}
      {dialog}
    </>
  );
}
