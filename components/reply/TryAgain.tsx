"use client";
import { Button } from "@/components/ui/Button";
import type { ReplyInHand } from "./use-reply";

export function TryAgain({ reply }: { reply: ReplyInHand }) {
  return (
    <Button pending={reply.isSending} pendingLabel="Sending" onClick={reply.send}>
      Try again
    </Button>
  );
}
