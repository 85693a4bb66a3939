"use client";
import { useEffect, useRef, useState } from "react";
import { exportCustomer } from "@/components/client/desk-api";
import type { Failure } from "@/components/client/use-verb";
import { FailureText } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { serverNow } from "@/components/ui/server-clock";

type State = { is: "idle" } | { is: "exporting" } | { is: "saved" } | { is: "failed"; failure: Failure };

/** Saves everything of the customer as a zip archive. Never retried by itself: each archive is in the audit log. */
export function ExportButton({ address }: { address: string }) {
  const [state, setState] = useState<State>({ is: "idle" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []); // the person went on to another address

  async function handleClick() {
    setState({ is: "exporting" });
    running.current = new AbortController();
    const { signal } = running.current;
    const outcome = await exportCustomer(address, signal);
    if (signal.aborted) return;
    if (outcome.ok) saveFile(outcome.value, "customer-export.zip");
    setState(
      outcome.ok
        ? { is: "saved" }
        : { is: "failed", failure: { ...outcome.failure, at: new Date(serverNow()).toISOString() } },
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button
        size="auto"
        icon="download"
        pending={state.is === "exporting"}
        pendingLabel="Exporting"
        onClick={() => void handleClick()}
      >
        Export
      </Button>
      <span role="status" className="text-small text-ink-2">
        {state.is === "saved" && "Saved as customer-export.zip."}
        {state.is === "failed" && <FailureText failure={state.failure} />}
      </span>
    </div>
  );
}

function saveFile(content: Blob, filename: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = filename;
  link.click();
  URL.revokeObjectURL(link.href);
}
