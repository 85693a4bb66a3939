"use client";
import { useState } from "react";
import { restoreMember } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { firstNameOf } from "@/components/ui/people";
import { SentenceTime } from "@/components/ui/SentenceTime";
import { useToast } from "@/components/ui/Toast";
import type { RemovedMember } from "@/lib/api/contracts";

/** How many are shown before somebody asks for the others. */
const SHOWN = 5;

type Props = {
  removed: RemovedMember[];
  refresh: () => Promise<unknown>;
  onRestored: () => void;
};

/** Who was removed, the latest first, with a way back in. For admins. */
export function RemovedMembers({ removed, refresh, onRestored }: Props) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? removed : removed.slice(0, SHOWN);
  return (
    <section aria-label="Removed from the desk" className="border-t border-line bg-canvas">
      <ul>
        {shown.map((member) => (
          <Row key={member.id} {...{ member, refresh, onRestored }} />
        ))}
      </ul>
      {shown.length < removed.length && (
        <div className="px-5 pb-3 max-md:px-4">
          <Button size="auto" variant="ghost" onClick={() => setIsWhole(true)}>
            Show {removed.length - shown.length} more
          </Button>
        </div>
      )}
    </section>
  );
}

type RowProps = Omit<Props, "removed"> & { member: RemovedMember };

function Row({ member, refresh, onRestored }: RowProps) {
  const showToast = useToast();
  const restore = useVerb({
    call: restoreMember,
    refresh,
    onSettled: ({ ok }) => {
      if (!ok) return;
      showToast({ icon: "done", text: `${member.name} may sign in again.` });
      onRestored();
    },
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-2.5 max-md:px-4">
      <span className="min-w-0 wrap-anywhere text-ink-2" title={member.email}>
        <Words member={member} /> <SentenceTime at={member.removedAt} />.
      </span>
      {member.reason !== "account_deleted" && (
        <Button
          size="auto"
          pending={restore.pending !== null}
          pendingLabel="Letting in"
          onClick={() => restore.run(member.id)}
        >
          Let {firstNameOf(member.name)} in again
        </Button>
      )}
      <span role="status" className="text-small text-ink-2 empty:absolute">
        {verbNote(restore)}
      </span>
    </li>
  );
}

/** Who removed the member and why, up to the time. */
function Words({ member: { name, removedBy, reason } }: { member: RemovedMember }) {
  const reader = useMember();
  switch (reason) {
    case "account_deleted":
      return `The account of ${name} was deleted`;
    case "account_blocked":
      return `The account of ${name} was blocked`;
    case "left_organization":
      return `${name} left the organization`;
    case "by_admin":
    case null:
      if (removedBy === null) return `${name} was removed`;
      return `${removedBy === reader.name ? "You" : removedBy} removed ${name}`;
  }
}
