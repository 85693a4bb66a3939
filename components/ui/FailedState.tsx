"use client";
import type { ReactNode } from "react";
import { Button } from "./Button";
import { EmptyState } from "./EmptyState";

type Props = { title: string; onRetry: () => void; children: ReactNode };

/** Shown in place of content that could not be loaded. */
export function FailedState({ title, onRetry, children }: Props) {
  return (
    <div role="alert" className="flex flex-1">
      <EmptyState
        title={title}
        action={
          <Button size="auto" variant="solid" icon="retry" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {children}
      </EmptyState>
    </div>
  );
}
