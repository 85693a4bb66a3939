"use client";
import { Button, type ButtonSize, type ButtonVariant } from "@/components/ui/Button";
import { useUnclaim, type Held } from "./use-unclaim";

type Props = {
  ticket: Held;
  variant?: ButtonVariant;
  size?: ButtonSize;
  keyCap?: string;
  className?: string;
};

/** Unclaims the ticket after a question. For its assignee and for admins. */
export function UnclaimButton({ ticket, variant = "ghost", size = "auto", keyCap, className }: Props) {
  const { ask, dialog } = useUnclaim(ticket);
  return (
    <>
      <Button
        data-act="unclaim"
        variant={variant}
        size={size}
        keyCap={keyCap}
        className={className}
        aria-label={`Unclaim ${ticket.subject || "this ticket"}`}
        onClick={ask}
      >
        Unclaim
      </Button>
      {dialog}
    </>
  );
}
