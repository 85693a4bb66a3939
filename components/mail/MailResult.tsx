import { ticketHref } from "@/components/tickets/ticket-paths";
import { ClockTime } from "@/components/ui/Age";
import { Icon } from "@/components/ui/Icon";
import type { LedgerEntry } from "@/lib/api/contracts";
import type { IgnoredReason } from "@/lib/api/vocabulary";
import { PageLink } from "@/components/ui/PageLink";

const IGNORED: Record<IgnoredReason, string> = {
  empty: "there is nothing in it",
  echo: "a mail of ours that came back",
};

/** The result of a mail: its ticket, or why it has none. */
export function MailResult({ mail }: { mail: LedgerEntry }) {
  switch (mail.state) {
    case "ticketed":
      return <InTicket mail={mail} />;
    case "ignored":
      return <p className="text-ink-3">Ignored{mail.ignoredFor && `: ${IGNORED[mail.ignoredFor]}`}</p>;
    case "failed":
      return (
        <p className="flex min-w-0 items-start gap-1.5 text-danger">
          <Icon name="alert" size={14} isBold className="mt-[3px]" />
          <span className="min-w-0 break-words">
            <span className="font-medium">Failed</span>
            {mail.error && `: ${mail.error}`}
          </span>
        </p>
      );
    case "received":
      return (
        <p className="flex min-w-0 items-start gap-1.5 text-ink-2">
          <Icon name="clock" size={14} className="mt-[3px]" />
          <span className="min-w-0">
            Waiting since <ClockTime at={mail.receivedAt} />
            {mail.error && ". It is retried by itself."}
          </span>
        </p>
      );
  }
}

function InTicket({ mail: { ticket, outcome } }: { mail: LedgerEntry }) {
  if (!ticket) return <p className="text-ink-3">In a ticket</p>;
  return (
    <p className="flex items-center gap-1.5 text-ink-2">
      <Icon name={outcome === "joined" ? "reply" : "inbox"} size={14} className="text-ink-3" />
      <span>
        {wordsOf(outcome)}{" "}
        <PageLink
          href={ticketHref(ticket._id)}
          className="font-medium text-mine tabular-nums hover:underline"
        >
          {ticket.reference}
        </PageLink>
      </span>
    </p>
  );
}

function wordsOf(outcome: LedgerEntry["outcome"]): string {
  if (outcome === "opened") return "Ticket";
  return outcome === "joined" ? "Reply in" : "In";
}
