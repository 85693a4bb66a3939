"use client";
import { retryMail } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { useToast } from "@/components/ui/Toast";
import { useRefreshLedger } from "./use-ledger";

/** Retries a failed mail. */
export function RetryMail({ ledgerId, sender }: { ledgerId: string; sender: string }) {
  const refresh = useRefreshLedger();
  const showToast = useToast();
  const retry = useVerb({
    call: retryMail,
    refresh,
    onSettled: ({ ok }) =>
      ok && showToast({ icon: "retry", text: `The mail of ${sender} is being retried.` }),
  });
  return (
    <>
      <span role="status" className="min-w-0 text-small text-ink-2 empty:absolute">
        {verbNote(retry)}
      </span>
      <Button
        variant="tinted"
        pending={retry.pending !== null}
        pendingLabel="Retrying"
        aria-label={`Retry the mail of ${sender}`}
        onClick={() => retry.run(ledgerId)}
        className="max-md:h-11"
      >
        Retry
      </Button>
    </>
  );
}
