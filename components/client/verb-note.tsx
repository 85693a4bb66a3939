import type { ReactNode } from "react";
import { ClockTime } from "@/components/ui/Age";
import { firstNameOf } from "@/components/ui/people";
import { SentenceTime } from "@/components/ui/SentenceTime";
import type { Failure, Verb } from "./use-verb";

/** A sentence on an action that takes long or failed; null if there is nothing to say. */
export function verbNote({ pending, failure }: Pick<Verb<unknown>, "pending" | "failure">): ReactNode {
  if (pending?.wait === "offline") return "Waiting for the connection. This goes on by itself.";
  if (pending?.wait === "slow") return "Still trying.";
  return failure && <FailureText failure={failure} />;
}

export function FailureText({ failure }: { failure: Failure }): ReactNode {
  if (failure.kind === "unreachable") {
    return (
      <>
        The desk could not be reached <SentenceTime at={failure.at} />. Try again.
      </>
    );
  }
  switch (failure.reason) {
    case "already_claimed":
      return (
        <>
          <b className="font-semibold">{firstNameOf(failure.assignedToName)}</b> holds this since{" "}
          <ClockTime at={failure.claimedAt} />.
        </>
      );
    case "changed_meanwhile":
      if (failure.assignedTo === null) return "Nobody holds this ticket now.";
      if (failure.assignedToName) return `${firstNameOf(failure.assignedToName)} holds this ticket now.`;
      return failure.error;
    case "newer_messages":
    case "same_text":
    case "recipients_changed":
    case "key_reused":
    case "delivery_failed":
    case "unauthenticated":
    case "not_on_team":
    case "other_member":
    case "other":
      return failure.error;
  }
}
