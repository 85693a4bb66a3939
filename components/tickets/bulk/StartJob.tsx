"use client";
import { useState } from "react";
import { startJob, type SentJob } from "@/components/client/desk-api";
import { readJobsNow } from "@/components/client/use-jobs";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { classNames } from "@/components/ui/class-names";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { JOB_MAX } from "@/lib/api/contracts";
import type { ListFilter, View } from "@/lib/api/ticket-lists";
import { countText, orderText } from "./bulk-words";
import { ticketsOfList, type Extent } from "./matching";
import type { Order } from "./use-bulk";

type Props = {
  order: Order;
  /** Which tickets are meant. `seenAt`: until when the member has seen what was written in them, ISO 8601. */
  list: { view: View; filter: ListFilter; seenAt: string };
  extent: Extent;
  onStarted: () => void;
  onCancel: () => void;
};

/** Asks before an act on all tickets of a list, and starts it as a job. */
export function StartJob({ order, list, extent, onStarted, onCancel }: Props) {
  const [body] = useState(() => bodyOf(order, list));
  const starting = useVerb({
    call: (sent: SentJob, options) => startJob(sent, options),
    attemptMaxMs: 10_000,
    refresh: async () => readJobsNow(),
    onSettled: ({ ok }) => ok && onStarted(),
  });
  return (
    <ConfirmDialog
      title={`${orderText(order, ticketsOfList(extent))}?`}
      confirmLabel={orderText(order, "all")}
      pending={starting.pending !== null}
      onConfirm={() => starting.run(body)}
      onCancel={() => {
        starting.reset();
        onCancel();
      }}
    >
      <p>
        At most {countText(JOB_MAX)} at a time, the first of the list.
        {isEnd(order) && " A ticket in which somebody has written meanwhile is left as it is."} You can go on
        working, and cancel or undo it.
      </p>
      <p
        role="alert"
        className={classNames("mt-2 empty:hidden", starting.failure ? "text-danger" : "text-ink-2")}
      >
        {verbNote(starting)}
      </p>
    </ConfirmDialog>
  );
}

/** True for an act that could hide what somebody has just written. */
function isEnd(order: Order): boolean {
  return order.action === "status" && (order.status === "resolved" || order.status === "waiting");
}

function bodyOf(order: Order, { view, filter: { status, assignee }, seenAt }: Props["list"]): SentJob {
  const list = { view, ...(status && { status }), ...(assignee && { assignee }), seenAt };
  switch (order.action) {
    case "claim":
    case "unclaim":
      return { action: order.action, ...list };
    case "status":
      return { action: "status", setTo: order.status, ...list };
    case "reassign":
      return {
        action: "reassign",
        assignedTo: order.assignee.id,
        ...(order.note && { note: order.note }),
        ...list,
      };
  }
}
