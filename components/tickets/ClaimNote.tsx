"use client";
import type { ReactNode } from "react";
import { useMember } from "@/components/client/Member";
import { FailureText } from "@/components/client/verb-note";
import { Ago } from "@/components/ui/Age";
import { Avatar } from "@/components/ui/Avatar";
import { Icon } from "@/components/ui/Icon";
import { Kbd } from "@/components/ui/Kbd";
import { firstNameOf } from "@/components/ui/people";
import type { Assignment } from "@/lib/api/vocabulary";
import { replyHref } from "./ticket-paths";
import type { ClaimState } from "./use-claim";
import { PageLink } from "@/components/ui/PageLink";

type Props = { threadId: string; state: ClaimState };

/** The outcome of a claim as a sentence; nothing while there is none. */
export function ClaimNote({ threadId, state }: Props) {
  const member = useMember();
  switch (state.step) {
    case "idle":
      return null;
    case "claiming":
      if (state.wait === "offline") return <Say>Waiting for the connection</Say>;
      return state.wait === "slow" ? <Say>Still trying to claim</Say> : null;
    case "won":
      return (
        <Say mark={<Avatar member={member} you />}>
          <b className="font-semibold text-mine">Yours.</b>{" "}
          <PageLink
            href={replyHref(threadId)}
            data-act="reply"
            className="relative z-1 inline-flex items-center gap-1.5 rounded-key underline-offset-2 hover:underline max-md:-my-3 max-md:py-3"
          >
            Reply
            <span className="grid max-md:hidden">
              <Kbd>R</Kbd>
            </span>
          </PageLink>
        </Say>
      );
    case "lost":
      return <ClaimedBy assignee={state.assignee} />;
    case "refused":
    case "unreachable":
      return (
        <Say mark={<Icon name="alert" size={14} />}>
          <FailureText failure={state.failure} />
        </Say>
      );
  }
}

/** Where a row shows the note: beside the button until the claim is settled, then in place of the button. */
export function placeOfNote(state: ClaimState): "none" | "beside" | "end" {
  switch (state.step) {
    case "idle":
      return "none";
    case "claiming":
      return state.wait === "short" ? "none" : "beside";
    case "unreachable":
      return "beside";
    case "won":
    case "lost":
    case "refused":
      return "end";
  }
}

/** "Priya claimed this 2 seconds ago", with her avatar. */
export function ClaimedBy({ assignee: { assignedTo, assignedToName, claimedAt } }: { assignee: Assignment }) {
  return (
    <Say mark={<Avatar member={{ id: assignedTo, name: assignedToName }} />}>
      <b className="font-semibold text-ink">{firstNameOf(assignedToName)}</b> claimed this{" "}
      <Ago since={claimedAt} />
    </Say>
  );
}

/** A sentence in a row, with its mark. */
export function Say({ mark, children }: { mark?: ReactNode; children: ReactNode }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-2 text-others">
      {mark}
      <span className="min-w-0">{children}</span>
    </span>
  );
}
