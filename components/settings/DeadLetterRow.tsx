"use client";
import { retryDeadLetter } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { ticketHref } from "@/components/tickets/ticket-paths";
import { ClockTime } from "@/components/ui/Age";
import { Button } from "@/components/ui/Button";
import { Icon } from "@/components/ui/Icon";
import { PageLink } from "@/components/ui/PageLink";
import { useToast } from "@/components/ui/Toast";
import type { DeadLetterEntry } from "@/lib/api/contracts";

type Props = { letter: DeadLetterEntry; refresh: () => Promise<unknown>; onRetried: () => void };

/** What stopped, in which ticket, since when, and how often it was tried. */
export function DeadLetterRow({ letter, refresh, onRetried }: Props) {
  const { _id, error, ticket, since, attempts } = letter;
  const showToast = useToast();
  const retry = useVerb({
    call: retryDeadLetter,
    refresh,
    onSettled: ({ ok }) => {
      if (!ok) return;
      showToast({ icon: "retry", text: "The work is being retried." });
      onRetried();
    },
  });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-5 py-3 last:border-transparent hover:bg-hover max-md:px-4">
      <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
        <p className="flex min-w-0 items-start gap-1.5">
          <Icon name="alert" size={14} isBold className="mt-[3px] text-danger" />
          <span className="min-w-0 break-words">{error}</span>
        </p>
        <p className="pl-5 text-small text-ink-3">
          {ticket && (
            <>
              Ticket{" "}
              <PageLink
                href={ticketHref(ticket._id)}
                className="font-medium text-mine tabular-nums hover:underline"
              >
                {ticket.reference}
              </PageLink>
              .{" "}
            </>
          )}
          Waiting since <ClockTime at={since} />, tried {attempts === 1 ? "once" : `${attempts} times`}.
        </p>
      </div>
      <span role="status" className="text-small text-ink-2 empty:absolute">
        {verbNote(retry)}
      </span>
      <Button
        variant="tinted"
        pending={retry.pending !== null}
        pendingLabel="Retrying"
        aria-label={`Retry: ${error}${ticket ? ` Ticket ${ticket.reference}` : ""}`}
        onClick={() => retry.run(_id)}
        className="max-md:h-11"
      >
        Retry
      </Button>
    </li>
  );
}
