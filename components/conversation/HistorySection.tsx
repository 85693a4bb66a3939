"use client";
import { useEffect, useId, useRef } from "react";
import { useMember } from "@/components/client/Member";
import { Button } from "@/components/ui/Button";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import { factsFrom } from "./history-facts";
import { HistoryRow } from "./HistoryRow";
import { useHistory } from "./use-history";

type Props = { detail: TicketDetailResponse };

/** Every line of the ticket's history, the newest first: a few at once, the older ones on request. */
export function HistorySection({ detail }: Props) {
  const reader = useMember();
  const { lines, older } = useHistory(detail);
  const said = useRef<HTMLParagraphElement>(null);
  const id = useId();
  const isAllShown = older.state === "shown" && !older.isMore;
  // The button is gone by then; the focus stays here.
  useEffect(() => {
    if (isAllShown) said.current?.focus({ preventScroll: true });
  }, [isAllShown]);
  const factsOf = factsFrom(detail.messages, lines, reader.id);
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 id={id} className="mb-2 text-small font-medium text-ink-3">
        History
      </h2>
      {lines.length === 0 && <p className="text-ink-3">Nothing is recorded yet.</p>}
      <ol aria-labelledby={id} className="grid gap-3">
        {lines.map((line) => (
          <HistoryRow key={line.revision} line={line} about={factsOf(line)} readerId={reader.id} />
        ))}
      </ol>
      {older.isMore && (
        <Button
          size="auto"
          icon="down"
          className="mt-3"
          pending={older.state === "reading"}
          pendingLabel="Reading"
          onClick={() => void older.show()}
        >
          Show older lines
        </Button>
      )}
      <p
        ref={said}
        tabIndex={-1}
        role={older.state === "failed" ? "alert" : "status"}
        className="mt-2 text-small text-pretty text-ink-3 outline-none empty:hidden"
      >
        {older.state === "failed" && "The older lines could not be read. Try again."}
        {isAllShown && "The whole history is shown."}
      </p>
    </section>
  );
}
