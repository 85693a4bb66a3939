"use client";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import type { Count, LedgerFigures as Figures, LedgerSummaryResponse } from "@/lib/api/contracts";
import { mailHref, type LedgerFilter } from "./ledger-paths";
import { useLedgerSummary } from "./use-ledger";
import { PageLink } from "@/components/ui/PageLink";

/** How many mails of the last day and week became what; nothing until that is loaded. */
export function LedgerFigures({ initial, readAt }: { initial?: LedgerSummaryResponse; readAt?: string }) {
  const summary = useLedgerSummary(initial, readAt);
  if (!summary) return null;
  return (
    <div className="grid flex-none gap-1 border-b border-line px-5 py-3 max-lg:gap-3 max-md:px-4">
      <Row name="Last 24 hours" figures={summary.day} />
      <Row name="Last 7 days" figures={summary.week} />
    </div>
  );
}

function Row({ name, figures }: { name: string; figures: Figures }) {
  const { received, tickets, replies, known, ignored, failed, waiting } = figures;
  return (
    <dl
      aria-label={name}
      className="grid items-baseline gap-x-4 gap-y-0.5 max-lg:grid-cols-3 lg:grid-cols-[104px_repeat(5,minmax(88px,max-content))_minmax(0,1fr)]"
    >
      <div className="text-small text-ink-3 max-lg:col-span-3">{name}</div>
      <Figure count={received} word="received" />
      <Figure count={tickets} word={tickets === 1 ? "ticket" : "tickets"} />
      <Figure count={replies} word={replies === 1 ? "reply" : "replies"} />
      <Figure count={failed} word="failed" to={{ state: "failed" }} isTrouble={failed !== 0} />
      <Figure count={totalOf(ignored.empty, ignored.echo)} word="ignored" to={{ state: "ignored" }} />
      <div className="flex flex-wrap gap-x-4 text-small text-ink-3 max-lg:col-span-3">
        {ignored.empty !== 0 && <Aside count={ignored.empty} word="had nothing in it" />}
        {ignored.echo !== 0 && <Aside count={ignored.echo} word="came back from us" />}
        {known !== 0 && <Aside count={known} word="in a ticket already" />}
        {waiting !== 0 && <Aside count={waiting} word="waiting" />}
      </div>
    </dl>
  );
}

type FigureProps = { count: Count; word: string; to?: LedgerFilter; isTrouble?: boolean };

function Figure({ count, word, to, isTrouble = false }: FigureProps) {
  const number = (
    <>
      {isTrouble && <Icon name="alert" size={14} isBold className="mr-1 inline align-[-2px]" />}
      <span className="font-semibold tabular-nums">{count}</span>
    </>
  );
  return (
    <div className={classNames("flex items-baseline gap-1.5 whitespace-nowrap", isTrouble && "text-danger")}>
      <dt className={classNames("order-2", !isTrouble && "text-ink-3")}>{word}</dt>
      <dd>
        {to && count !== 0 ? (
          <PageLink href={mailHref(to)} aria-label={`Show ${count} ${word}`} className="hover:underline">
            {number}
          </PageLink>
        ) : (
          number
        )}
      </dd>
    </div>
  );
}

function Aside({ count, word }: { count: Count; word: string }) {
  return (
    <span className="tabular-nums">
      {count} {word}
    </span>
  );
}

function totalOf(...counts: Count[]): Count {
  let total = 0;
  for (const count of counts) {
    if (count === "999+") return count;
    total += count;
  }
  return total > 999 ? "999+" : total;
}
