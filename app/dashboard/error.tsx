"use client";
import { PageError } from "@/components/shell/PageError";

export default function DashboardError({ reset }: { reset: () => void }) {
  return <PageError reset={reset} />;
}
