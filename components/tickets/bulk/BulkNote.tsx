"use client";
import { FailureText } from "@/components/client/verb-note";
import { Icon } from "@/components/ui/Icon";
import { firstNameOf } from "@/components/ui/people";
import { PageLink } from "@/components/ui/PageLink";
import { isDetailed, type DetailedRefusal } from "@/lib/api/refusals";
import { STATUS_NAMES } from "@/lib/api/vocabulary";
import { ClaimedBy, ClaimNote, Say } from "@/components/tickets/ClaimNote";
import { ticketHref } from "@/components/tickets/ticket-paths";
import type { NamedAct } from "./bulk-words";
import type { Refused, RowOutcome } from "./use-bulk";

type Props = { threadId: string; outcome: RowOutcome };

/** The outcome of an act on many tickets as a sentence in the row of one. */
export function BulkNote({ threadId, outcome }: Props) {
  switch (outcome.step) {
    case "pending":
      if (outcome.wait === "offline") return <Say>Waiting for the connection</Say>;
      return outcome.wait === "slow" ? <Say>Still trying</Say> : null;
    case "done":
      if (outcome.act.action === "claim") return <ClaimNote threadId={threadId} state={{ step: "won" }} />;
      return <Say mark={<Icon name="done" size={14} />}>{didText(outcome.act)}</Say>;
    case "refused":
      return <RefusedNote threadId={threadId} act={outcome.act} refused={outcome.refused} />;
  }
}

/** Where a row shows the outcome: as `placeOfNote` does for a single claim. */
export function placeOfOutcome(outcome: RowOutcome): "none" | "beside" | "end" {
  if (outcome.step !== "pending") return "end";
  return outcome.wait === "short" ? "none" : "beside";
}

export function isLost(outcome: RowOutcome | null): boolean {
  return outcome?.step === "refused" && outcome.refused.reason === "already_claimed";
}

function RefusedNote({ threadId, act, refused }: { threadId: string; act: NamedAct; refused: Refused }) {
  if (refused.reason === "already_claimed") return <ClaimedBy assignee={refused} />;
  return (
    <Say mark={<Icon name="alert" size={14} />}>
      {refused.reason === "newer_messages" ? (
        <>
          {notDoneText(act)}: somebody wrote since.{" "}
          <PageLink
            href={ticketHref(threadId)}
            className="relative z-1 rounded-key font-semibold underline underline-offset-2 max-md:py-3"
          >
            Open it
          </PageLink>
          .
        </>
      ) : (
        <FailureText failure={failureOf(refused)} />
      )}
    </Say>
  );
}

function failureOf(refused: Refused): Parameters<typeof FailureText>[0]["failure"] {
  // A refusal of one ticket has the same facts as that of the single act.
  const known = isDetailed(refused.reason) ? (refused as DetailedRefusal) : null;
  return { kind: "refused", status: 409, at: "", ...(known ?? { reason: "other", error: refused.error }) };
}

function didText(act: NamedAct): string {
  switch (act.action) {
    case "claim":
      return "Yours.";
    case "unclaim":
      return "Unclaimed.";
    case "undo":
      return "Undone.";
    case "reassign":
      return `Given to ${firstNameOf(act.assignee.name)}.`;
    case "status":
      return `${STATUS_NAMES[act.status]}.`;
  }
}

function notDoneText(act: NamedAct): string {
  switch (act.action) {
    case "claim":
      return "Not claimed";
    case "unclaim":
      return "Not unclaimed";
    case "undo":
      return "Not undone";
    case "reassign":
      return "Not given";
    case "status":
      return act.status === "resolved" ? "Not resolved" : `Not set to ${STATUS_NAMES[act.status]}`;
  }
}
