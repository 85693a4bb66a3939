"use client";
import { classNames } from "@/components/ui/class-names";
import { SendButton } from "./SendButton";
import { ThenMenu } from "./ThenMenu";
import type { ReplyInHand } from "./use-reply";

type Props = {
  reply: ReplyInHand;
  layout: "card" | "sheet";
  /** Sending is the next step for this ticket. */
  isNext: boolean;
};

/** Below the text: the status after sending, and Send, which a phone shows under the thumb. */
export function ReplyFoot({ reply, layout, isNext }: Props) {
  const then = <ThenMenu then={reply.draft?.then ?? "in_progress"} layout={layout} onChoose={reply.choose} />;
  const send = <SendButton reply={reply} layout={layout} isNext={isNext} />;
  return (
    <div
      className={classNames(
        "flex items-center gap-2 md:justify-end md:border-t md:border-line md:py-2.5 md:pr-3 md:pl-4",
        layout === "card"
          ? "max-md:flex-wrap max-md:border-t max-md:border-line max-md:px-4 max-md:py-3"
          : "max-md:px-4 max-md:pb-[max(1rem,env(safe-area-inset-bottom))]",
      )}
    >
      <span className={classNames("contents", layout === "sheet" && "max-md:*:order-last")}>{then}</span>
      {send}
    </div>
  );
}
