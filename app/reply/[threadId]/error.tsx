"use client";
import { PageError } from "@/components/shell/PageError";

export default function ReplyError({ reset }: { reset: () => void }) {
  return (
    <main className="flex min-h-dvh bg-canvas">
      <PageError reset={reset} />
    </main>
  );
}
