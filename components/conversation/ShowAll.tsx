"use client";
import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/Button";
import { sizeText } from "@/components/ui/size-text";
import type { TicketMessage } from "@/lib/api/vocabulary";
import type { WholeText } from "./use-whole-text";

type Props = { whole: WholeText; message: TicketMessage };

/** Below the beginning of a long text: says so, and reads the rest on a press. Nothing below a text that is all there. */
export function ShowAll({ whole: { state, read }, message: { isClipped, textBytes } }: Props) {
  const note = useRef<HTMLParagraphElement>(null);
  const isShown = state === "shown";
  // The button is gone by then; the focus stays here.
  useEffect(() => {
    if (isShown) note.current?.focus({ preventScroll: true });
  }, [isShown]);
  if (!isClipped) return null;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2">
      {!isShown && (
        <Button
          size="auto"
          pending={state === "reading"}
          pendingLabel="Reading"
          aria-label={`Show all of this text, ${sizeText(textBytes)}`}
          onClick={() => void read()}
        >
          Show all
        </Button>
      )}
      <p
        ref={note}
        tabIndex={-1}
        role={state === "failed" ? "alert" : "status"}
        className="min-w-0 text-small text-ink-3 outline-none"
      >
        {NOTES[state](sizeText(textBytes))}
      </p>
    </div>
  );
}

const NOTES: Record<WholeText["state"], (size: string) => string> = {
  unasked: (size) => `This is the beginning of ${size}.`,
  reading: (size) => `This is the beginning of ${size}.`,
  failed: () => "The rest could not be read. Try again.",
  shown: (size) => `All ${size} are shown.`,
};
