"use client";
import { retryMail } from "@/components/client/desk-api";
import { FailureText } from "@/components/conversation/FailureText";
import { useDeskAction } from "@/components/conversation/use-desk-action";
import { Button } from "@/components/ui/Button";
import { useToast } from "@/components/ui/Toast";
import { useRefreshLedger } from "./use-ledger";

/** Lets a failed mail be tried again. Whatever the answer, the ledger is read anew and shows the truth. */
export function RetryMail({ ledgerId, sender }: { ledgerId: string; sender: string }) {
  const refresh = useRefreshLedger();
  const showToast = useToast();
  const { pending, failure, run } = useDeskAction(retryMail, refresh);
  async function handleClick() {
    const isRetried = await run(ledgerId);
    if (isRetried) showToast({ icon: "retry", text: `The mail of ${sender} is being tried again.` });
  }
  return (
    <>
      <span role="status" className="min-w-0 text-small text-ink-2 empty:absolute">
        {failure && <FailureText failure={failure} />}
      </span>
      <Button
        variant="tinted"
        pending={pending !== null}
        pendingLabel="Retrying"
        aria-label={`Retry the mail of ${sender}`}
        onClick={() => void handleClick()}
        className="max-md:h-11"
      >
        Retry
      </Button>
    </>
  );
}
