"use client";
import { resumeCards } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { ClockTime } from "@/components/ui/Age";
import { Banner } from "@/components/ui/Banner";
import { Button } from "@/components/ui/Button";
import { useToast } from "@/components/ui/Toast";
import type { CardsStatus } from "@/lib/api/contracts";

/** The desk waits this long for Discord's answer, and for somebody else's question before it. */
const ATTEMPT_MAX_MS = 10_000;

type Props = { cards: Extract<CardsStatus, { state: "paused" }>; refresh: () => Promise<unknown> };

/** Why and since when cards are paused, when the desk tries again by itself, and a button to try now. */
export function PausedNotice({ cards: { message, since, nextTryAt }, refresh }: Props) {
  const { role } = useMember();
  return (
    <Banner tone="unclaimed" icon="alert" action={role !== "viewer" && <Resume refresh={refresh} />}>
      {message}
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

function Resume({ refresh }: Pick<Props, "refresh">) {
  const showToast = useToast();
  const resume = useVerb({
    call: (_cards: "cards", options) => resumeCards(options),
    refresh,
    attemptMaxMs: ATTEMPT_MAX_MS,
    onSettled: ({ ok }) => ok && showToast({ icon: "retry", text: "Cards are sent to Discord again." }),
  });
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
      <span role="status" className="text-small empty:absolute">
        {verbNote(resume)}
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
