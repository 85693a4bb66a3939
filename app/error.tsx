"use client";
import { PageError } from "@/components/shell/PageError";

export default function AppError({ reset }: { reset: () => void }) {
  return (
    <main className="flex min-h-dvh bg-canvas">
      <PageError reset={reset} />
    </main>
  );
}
