import type { DeskFailure } from "@/components/client/desk-api";
import { Ago } from "@/components/ui/Age";
import { firstNameOf } from "@/components/ui/people";
import { factsOf } from "./refusal";

/** Why an action on a ticket did not happen, in the words every screen uses. */
export function FailureText({ failure }: { failure: DeskFailure }) {
  if (failure.kind === "unreachable") return "The desk can’t be reached. Try again.";
  const facts = factsOf(failure);
  switch (facts?.reason) {
    case "already_claimed":
      return (
        <>
          <b className="font-semibold">{firstNameOf(facts.assignedToName)}</b> claimed this{" "}
          <Ago since={facts.claimedAt} precise />.
        </>
      );
    case "changed_meanwhile":
      return facts.assignedToName
        ? `${firstNameOf(facts.assignedToName)} holds this ticket now.`
        : "Nobody holds this ticket now.";
    default:
      return failure.error;
  }
}
