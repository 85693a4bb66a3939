"use client";
import { Trouble } from "@/components/shell/Trouble";

export default function DashboardError({ reset }: { reset: () => void }) {
  return <Trouble reset={reset} />;
}
