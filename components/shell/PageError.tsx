"use client";
import { useRouter } from "next/navigation";
import { startTransition } from "react";
import { Button } from "@/components/ui/Button";
import { EmptyState } from "@/components/ui/EmptyState";

/** Shown if a page failed to render. The button renders it again from the server. */
export function PageError({ reset }: { reset: () => void }) {
  const router = useRouter();
  function retry() {
    startTransition(() => {
      router.refresh();
      reset();
    });
  }
  return (
    <div role="alert" className="flex flex-1">
      <EmptyState
        title="This page can’t be shown right now"
        action={
          <Button variant="solid" size="auto" icon="retry" onClick={retry}>
            Try again
          </Button>
        }
      >
        The desk or its database can’t be reached. No ticket is lost.
      </EmptyState>
    </div>
  );
}
