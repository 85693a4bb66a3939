"use client";
import { Button } from "@/components/ui/Button";
import { useHydrated } from "@/components/ui/Now";
import type { Notice } from "./notice";
import type { ReplyInHand } from "./use-reply";

type Props = { reply: ReplyInHand; layout: "card" | "sheet"; isNext: boolean };

/** Sends the reply. Solid if sending is the next step. */
export function SendButton({ reply, layout, isNext }: Props) {
  const isApple = useHydrated() && /Mac|iPhone|iPad/.test(navigator.platform);
  return (
    <Button
      variant={isNext ? "solid" : "plain"}
      size="auto"
      keyCap={isApple ? "⌘↵" : "Ctrl ↵"}
      pending={reply.isSending}
      pendingLabel="Sending"
      disabled={reply.recipients.problem !== null}
      onClick={reply.send}
      className="max-md:min-w-0 max-md:flex-1 max-md:px-2"
    >
      {labelOf(reply.notice?.kind, layout)}
    </Button>
  );
}

function labelOf(kind: Notice["kind"] | undefined, layout: Props["layout"]): string {
  if (kind === "held" || kind === "key_reused") return "Send anyway";
  if (kind === "same_text") return "Send it again";
  return layout === "sheet" ? "Send reply" : "Send";
}
