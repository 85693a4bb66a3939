"use client";
import type { ReactNode } from "react";
import { resumeCards } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useVerb, type Verb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { ClockTime } from "@/components/ui/Age";
import { Banner } from "@/components/ui/Banner";
import { Button } from "@/components/ui/Button";
import type { CardsStatus } from "@/lib/api/contracts";

/** The desk waits this long for Discord's answer, and for somebody else's question before it. */
const ATTEMPT_MAX_MS = 10_000;

type Props = {
  cards: Extract<CardsStatus, { state: "paused" }>;
  refresh: () => Promise<unknown>;
  /** Called once cards are sent again; the notice is gone by then. */
  onResumed: () => void;
};

/** Why and since when cards are paused, when the desk tries again by itself, and a button to try now. */
export function PausedNotice({ cards: { message, since, nextTryAt }, refresh, onResumed }: Props) {
  const { role } = useMember();
  const resume = useVerb({
    call: (_cards: "cards", options) => resumeCards(options),
    refresh,
    attemptMaxMs: ATTEMPT_MAX_MS,
    onSettled: ({ ok }) => ok && onResumed(),
  });
  // Discord's newest answer, with its remedy, stands in place of the older one.
  const isAnswered = resume.failure?.kind === "refused" && resume.failure.reason === "other";
  const note = verbNote(resume);
  return (
    <Banner
      tone="unclaimed"
      icon="alert"
      action={role !== "viewer" && <Resume resume={resume} note={isAnswered ? null : note} />}
    >
      {isAnswered ? note : message}
      {since !== null && (
        <>
          {" "}
          Paused since <ClockTime at={since} />.
        </>
      )}
      {nextTryAt !== null && (
        <>
          {" "}
          It is tried again by itself at <ClockTime at={nextTryAt} />.
        </>
      )}
    </Banner>
  );
}

function Resume({ resume, note }: { resume: Verb<"cards">; note: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
      <span role="status" className="text-small empty:absolute">
        {note}
      </span>
      <Button
        variant="tinted"
        size="auto"
        pending={resume.pending !== null}
        pendingLabel="Asking Discord"
        aria-label="Resume cards"
        onClick={() => resume.run("cards")}
      >
        Resume
      </Button>
    </div>
  );
}
