"use client";
import { PageError } from "@/components/shell/PageError";

export default function TicketError({ reset }: { reset: () => void }) {
  return <PageError reset={reset} />;
}
