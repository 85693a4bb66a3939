"use client";
import { useMember } from "@/components/client/Member";
import { ClockTime } from "@/components/ui/Age";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import { sizeText } from "@/components/ui/size-text";
import type { LedgerEntry } from "@/lib/api/contracts";
import { senderName } from "@/lib/api/vocabulary";
import { originalHref } from "./ledger-paths";
import { MailResult } from "./MailResult";
import { RetryMail } from "./RetryMail";

const SOURCES: Record<LedgerEntry["source"], string> = { smtp: "by SMTP", http: "by HTTP" };

/** One mail: its sender, subject, result and arrival, and a link to the mail as it arrived. */
export function LedgerRow({ mail }: { mail: LedgerEntry }) {
  const member = useMember();
  const canBeRetried = mail.canRetry && member.role !== "viewer";
  const sender = senderName(mail);
  return (
    <li className="grid min-h-(--row) items-center gap-x-4 gap-y-1 border-b border-line px-5 py-2 last:border-transparent hover:bg-hover max-lg:grid-cols-[minmax(0,1fr)_auto] max-md:px-4 max-md:py-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,300px)_112px_auto]">
      <div className="grid min-w-0">
        <span className="cut">
          <bdi className="font-medium" title={mail.from ?? undefined}>
            {sender}
          </bdi>
          {mail.to.length > 0 && (
            <span className="text-ink-3">
              {" "}
              to <bdi>{mail.to.join(", ")}</bdi>
            </span>
          )}
        </span>
        <span className="cut">
          {mail.subject !== null && <bdi className="mr-2 text-ink-2">{mail.subject || "No subject"}</bdi>}
          <span className="text-small text-ink-3 tabular-nums">
            {sizeText(mail.sizeBytes)} {SOURCES[mail.source]}
            {mail.copies > 1 && `, arrived ${mail.copies} times`}
          </span>
        </span>
      </div>
      <MailResult mail={mail} />
      <ClockTime
        at={mail.receivedAt}
        className="text-right text-small text-ink-3 max-lg:col-start-2 max-lg:row-start-1 max-lg:self-start max-lg:pt-0.5"
      />
      <div
        className={classNames(
          "flex items-center justify-end gap-2 max-lg:col-start-2 max-lg:row-start-2 lg:w-[200px]",
          // Two buttons would leave no room for the reason beside them.
          canBeRetried && "max-md:col-span-2 max-md:col-start-1 max-md:row-start-3",
        )}
      >
        {canBeRetried && <RetryMail ledgerId={mail._id} sender={sender} />}
        {mail.isKept ? (
          <a
            href={originalHref(mail._id)}
            download
            aria-label={`Download the mail of ${sender}`}
            className="inline-flex h-(--control) items-center gap-1.5 rounded-control px-2 font-medium text-ink-2 hover:bg-hover hover:text-ink max-md:h-11"
          >
            <Icon name="download" size={14} className="text-ink-3" />
            Download
          </a>
        ) : (
          <span className="px-2 text-small text-ink-3">Original not kept</span>
        )}
      </div>
    </li>
  );
}
