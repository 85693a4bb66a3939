"use client";
import { useEffect, useEffectEvent, type ReactNode } from "react";
import { releaseTickets, removeMember, startJob } from "@/components/client/desk-api";
import { readJobsNow } from "@/components/client/use-jobs";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { AssignPicker } from "@/components/tickets/handover/AssignPicker";
import { useKeptWords } from "@/components/tickets/handover/use-kept-words";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { firstNameOf } from "@/components/ui/people";
import { serverNow } from "@/components/ui/server-clock";
import { useToast } from "@/components/ui/Toast";
import type { TeamRow } from "@/lib/api/contracts";
import { heldCount, ticketsText } from "./held";
import type { MemberAct } from "./MemberActions";

type ActProps = {
  row: TeamRow;
  /** Reads the team again. */
  refresh: () => Promise<unknown>;
  onClose: (isDone: boolean) => void;
};

/** Asks before an admin's act on one member, and carries it out. */
export function MemberDialog({ act, ...props }: ActProps & { act: MemberAct }) {
  switch (act) {
    case "release":
      return <ReleaseDialog {...props} />;
    case "give":
      return <GiveDialog {...props} />;
    case "remove":
      return <RemoveDialog {...props} />;
  }
}

function ReleaseDialog({ row, refresh, onClose }: ActProps) {
  const count = heldCount(row);
  const release = useVerb({
    call: releaseTickets,
    refresh,
    onSettled: ({ ok }) => ok && showJob(onClose),
  });
  useGivenUp(release.reset);
  return (
    <ConfirmDialog
      title={`Release ${count === 1 ? "the ticket" : `all ${ticketsText(count)}`} of ${nameOf(row)}?`}
      confirmLabel="Release"
      pending={release.pending !== null}
      onConfirm={() => release.run(row.id)}
      onCancel={() => onClose(false)}
    >
      <p className="text-pretty">
        {count === 1 ? "It goes" : "They go"} back to Unassigned, for anybody to claim. It is recorded with
        your name.
      </p>
      <Note>{verbNote(release)}</Note>
    </ConfirmDialog>
  );
}

function RemoveDialog({ row, refresh, onClose }: ActProps) {
  const showToast = useToast();
  const remove = useVerb({
    call: removeMember,
    refresh,
    onSettled: ({ ok }) => {
      if (!ok) return;
      showToast({ icon: "done", text: `${row.name} is removed from the desk.` });
      onClose(true);
    },
  });
  useGivenUp(remove.reset);
  return (
    <ConfirmDialog
      title={`Remove ${row.name} from the desk?`}
      confirmLabel="Remove"
      isDangerous
      pending={remove.pending !== null}
      onConfirm={() => remove.run(row.id)}
      onCancel={() => onClose(false)}
    >
      <p className="text-pretty">
        {firstNameOf(row.name)} is shut out within 2 seconds, on every device.{" "}
        {heldCount(row) > 0 && "Their tickets go back to Unassigned. "}
        You can let them in again on this page.
      </p>
      <Note>{verbNote(remove)}</Note>
    </ConfirmDialog>
  );
}

function GiveDialog({ row, refresh, onClose }: ActProps) {
  const [, keepNote] = useKeptWords("note", row.id);
  const give = useVerb({
    call: startJob,
    refresh,
    onSettled: ({ ok }) => {
      if (!ok) return;
      keepNote("");
      showJob(onClose);
    },
  });
  useGivenUp(give.reset);
  return (
    <AssignPicker
      about={row.id}
      count={heldCount(row)}
      current={row.id}
      isUnassigned={false}
      pending={give.pending !== null}
      failure={verbNote(give)}
      onClose={() => onClose(false)}
      onAssign={({ id: assignedTo }, note) =>
        give.run({
          ...{ action: "reassign", view: "all", assignee: row.id, status: "active" },
          seenAt: new Date(serverNow()).toISOString(),
          assignedTo,
          ...(note && { note }),
        })
      }
    />
  );
}

/** The banner above every page tells how the job goes on. */
function showJob(onClose: ActProps["onClose"]): void {
  readJobsNow();
  onClose(true);
}

/** An act that is not sent yet is given up with its dialog. */
function useGivenUp(reset: () => void): void {
  const giveUp = useEffectEvent(reset);
  useEffect(() => () => giveUp(), []);
}

/** The dialog stays open if the act failed. */
function Note({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="mt-2 text-danger empty:hidden">
      {children}
    </p>
  );
}

function nameOf({ isYou, name }: TeamRow): string {
  return isYou ? "yours" : firstNameOf(name);
}
