"use client";
import { Trouble } from "@/components/shell/Trouble";

export default function TicketError({ reset }: { reset: () => void }) {
  return <Trouble reset={reset} />;
}
