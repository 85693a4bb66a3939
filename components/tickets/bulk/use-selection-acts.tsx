"use client";
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";
import { useMember } from "@/components/client/Member";
import { verbNote } from "@/components/client/verb-note";
import { JOB_MAX } from "@/lib/api/contracts";
import type { ListFilter, View } from "@/lib/api/ticket-lists";
import type { TeamMember, TicketSummary } from "@/lib/api/vocabulary";
import { AssignPicker } from "@/components/tickets/handover/AssignPicker";
import { useKeptWords } from "@/components/tickets/handover/use-kept-words";
import type { Row } from "@/components/tickets/settle-rows";
import { givenUpText } from "./bulk-words";
import type { Extent } from "./matching";
import { offeredActs, offeredInView, type OfferedActs } from "./offered-acts";
import type { Selection } from "./Selection";
import { StartJob } from "./StartJob";
import { useBulk, type Bulk, type Order } from "./use-bulk";

/** A note for selected tickets is kept under this name. */
const SELECTION = "selection";

export type SelectionActs = {
  selection: Selection;
  bulk: Bulk;
  /** How many rows are selected. */
  count: number;
  offered: OfferedActs;
  /** Some of the selected tickets are unassigned. */
  isAnyUnassigned: boolean;
  /** The act under way. */
  pending: Order["action"] | "undo" | null;
  /** Why an act takes long or failed, or that it was given up; null if there is nothing to say. */
  note: ReactNode;
  hasFailed: boolean;
  run: (order: Order) => void;
  /** Opens the picker of members. */
  assign: () => void;
  /** False while an act under way has not taken long. */
  canClear: boolean;
  /** Clears the selection. An act that takes long is given up instead, and the selection stays. */
  clear: () => void;
  dialogs: ReactNode;
};

type Options = {
  selection: Selection;
  rows: Row[];
  list: { view: View; filter: ListFilter };
  extent: Extent;
  /** The rows have every change until this time of the server's, in milliseconds. */
  completeUntil: () => number;
};

/** The acts on the selected tickets of a list, or on all that the list has. The caller renders `dialogs`. */
export function useSelectionActs({ selection, rows, list, extent, completeUntil }: Options): SelectionActs {
  const member = useMember();
  const [isAssigning, setIsAssigning] = useState(false);
  const job = useJobQuestion({ selection, list, extent, completeUntil });
  const [, keepNote] = useKeptWords("note", SELECTION);
  const bulk = useBulk((done, isWhole) => {
    if (isAssigning && done.length > 0) keepNote("");
    setIsAssigning(false);
    if (isWhole) selection.clear();
    else selection.drop(done);
  });
  useDropped(selection, rows, bulk);

  const selected = rows.filter(({ ticket }) => selection.ids.has(ticket._id));
  const tickets = selected.filter(({ isMissing }) => !isMissing).map(({ ticket }) => ticket);
  const offered = selection.isAllMatching ? offeredInView(list.view) : offeredActs(tickets, member);
  const { pending: underWay, failure } = bulk.acting;
  const pending = underWay?.argument.act.action ?? null;
  const canClear = underWay?.wait !== "short";
  const note = bulk.givenUp ? givenUpText(bulk.givenUp) : verbNote(bulk.acting);
  const given = givenOf(selection.isAllMatching ? list.view : null, tickets, member);

  function run(order: Order) {
    if (!selection.isAllMatching) return bulk.run(order, tickets);
    setIsAssigning(false);
    job.ask(order);
  }
  function clear() {
    if (!canClear) return;
    if (underWay) return bulk.giveUp(underWay.argument.act);
    bulk.forgetAll();
    selection.clear();
  }

  const dialogs = (
    <>
      {isAssigning && (
        <AssignPicker
          about={SELECTION}
          count={selection.isAllMatching ? amountOf(extent) : tickets.length}
          {...given}
          onAssign={(assignee, words) => run({ action: "reassign", assignee, note: words })}
          onClose={() => setIsAssigning(false)}
          pending={pending === "reassign"}
          failure={note}
        />
      )}
      {job.dialog}
    </>
  );
  return {
    ...{ selection, bulk, count: selected.length, offered, pending, note, canClear },
    hasFailed: failure !== null && !bulk.givenUp,
    ...{ run, assign: () => setIsAssigning(true), clear, dialogs },
    isAnyUnassigned: selection.isAllMatching ? list.view !== "mine" : given.isUnassigned || hasFree(tickets),
  };
}

/** The question before an act on all tickets of the list. The caller renders `dialog`. */
function useJobQuestion({ selection, list, extent, completeUntil }: Omit<Options, "rows">) {
  const [asked, setAsked] = useState<{ order: Order; seenAt: string } | null>(null);
  const [, keepNote] = useKeptWords("note", SELECTION);
  const dialog = asked && (
    <StartJob
      order={asked.order}
      list={{ ...list, seenAt: asked.seenAt }}
      extent={extent}
      onStarted={() => {
        if (asked.order.action === "reassign") keepNote("");
        setAsked(null);
        selection.clear();
      }}
      onCancel={() => setAsked(null)}
    />
  );
  return {
    ask: (order: Order) => setAsked({ order, seenAt: new Date(completeUntil()).toISOString() }),
    dialog,
  };
}

/** A row that left the list leaves the selection, unless its act is still under way. */
function useDropped(selection: Selection, rows: Row[], bulk: Bulk): void {
  const present = new Set(rows.filter(({ isMissing }) => !isMissing).map(({ ticket }) => ticket._id));
  const gone = [...selection.ids].filter((id) => !present.has(id) && bulk.outcomeOf(id)?.step !== "pending");
  const drop = useEffectEvent(() => selection.drop(gone));
  const isAnyGone = gone.length > 0;
  useEffect(() => {
    if (isAnyGone) drop();
  }, [isAnyGone]);
}

/** Who holds the tickets, for the picker; `view` is set if all tickets of that list are meant. */
function givenOf(view: View | null, tickets: TicketSummary[], member: TeamMember) {
  const [holder, ...others] = new Set(tickets.map(({ assignedTo }) => assignedTo));
  if (view) return { current: view === "mine" ? member.id : null, isUnassigned: view === "unassigned" };
  return {
    current: (others.length === 0 && holder) || null,
    isUnassigned: others.length === 0 && holder === null,
  };
}

function hasFree(tickets: TicketSummary[]): boolean {
  return tickets.some(({ assignedTo }) => assignedTo === null);
}

function amountOf({ matching }: Extent): number {
  return typeof matching === "number" ? Math.min(matching, JOB_MAX) : JOB_MAX;
}
