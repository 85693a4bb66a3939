"use client";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { ClockTime } from "@/components/ui/Age";
import { Banner } from "@/components/ui/Banner";
import { useToast } from "@/components/ui/Toast";
import type { CardsStatus } from "@/lib/api/contracts";
import { PausedNotice } from "./PausedNotice";

const RESUMED = "Cards are sent to Discord again.";

type Props = { cards: CardsStatus; refresh: () => Promise<unknown> };

/** That cards are not kept up to date and why; then, for whoever resumed them, that they are sent again. */
export function CardsNotice({ cards, refresh }: Props) {
  const showToast = useToast();
  const outcome = useRef<HTMLSpanElement>(null);
  const [isResumed, setIsResumed] = useState(false);

  function handleResumed() {
    if (document.activeElement !== document.body) return showToast({ icon: "retry", text: RESUMED });
    // The button is gone with its notice; the focus stays in its place.
    flushSync(() => setIsResumed(true));
    outcome.current?.focus();
  }

  switch (cards.state) {
    case "off":
    case "working":
      return (
        isResumed && (
          <Banner tone="others" icon="check">
            <span ref={outcome} tabIndex={-1} className="outline-none" onBlur={() => setIsResumed(false)}>
              {RESUMED}
            </span>
          </Banner>
        )
      );
    case "paused":
      return <PausedNotice cards={cards} refresh={refresh} onResumed={handleResumed} />;
    case "blocked":
      return (
        <Banner tone="others" icon="clock">
          {cards.message} Updates continue at <ClockTime at={cards.until} />.
        </Banner>
      );
  }
}
