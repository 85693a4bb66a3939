"use client";
import { Trouble } from "@/components/shell/Trouble";

export default function ReplyError({ reset }: { reset: () => void }) {
  return (
    <main className="flex min-h-dvh bg-canvas">
      <Trouble reset={reset} />
    </main>
  );
}
