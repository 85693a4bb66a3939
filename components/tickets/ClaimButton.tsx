"use client";
import { Button, type ButtonSize } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import type { TicketSummary } from "@/lib/api/vocabulary";
import type { Claim, ClaimState } from "./use-claim";

type Props = {
  ticket: Pick<TicketSummary, "subject">;
  claim: Claim;
  /** Claiming is the next step here: the button is solid and shows its key. In a list, only in the current row. */
  isNext?: boolean;
  size?: ButtonSize;
  className?: string;
};

/** Claims the ticket. `ClaimNote` tells the outcome. */
export function ClaimButton({ ticket, claim, isNext = false, size = "auto", className }: Props) {
  const isPending = claim.state.step === "claiming";
  const isUnanswered = claim.state.step === "unreachable";
  return (
    <Button
      data-act="claim"
      variant={isNext && !isPending ? "solid" : "tinted"}
      size={size}
      keyCap={isNext && !isPending && !isUnanswered ? "C" : undefined}
      pending={isPending}
      pendingLabel="Claiming"
      aria-label={`${nameOf(claim.state.step)} ${ticket.subject || "this ticket"}`}
      onClick={claim.run}
      className={classNames("w-21 max-md:w-24", className)}
    >
      {isUnanswered ? "Try again" : "Claim"}
    </Button>
  );
}

function nameOf(step: ClaimState["step"]): string {
  if (step === "claiming") return "Claiming";
  return step === "unreachable" ? "Try again to claim" : "Claim";
}
