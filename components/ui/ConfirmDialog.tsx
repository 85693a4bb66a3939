"use client";
import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { Button } from "./Button";

type Props = {
  title: string;
  children?: ReactNode;
  confirmLabel: string;
  cancelLabel?: string;
  /** The action is grave: the focus starts on the other button, so that a second Enter does not carry it out. */
  isDangerous?: boolean;
  pending?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
};

/**
 * Asks before an action. It opens when mounted, with the focus on the confirming button unless the action is dangerous, and
 * closes when unmounted, giving the focus back. Escape and a click outside cancel.
 */
export function ConfirmDialog({
  title,
  children,
  confirmLabel,
  cancelLabel = "Cancel",
  isDangerous = false,
  pending = false,
  onConfirm,
  onCancel,
}: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const id = useId();

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    first.current?.focus();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-title`}
      aria-describedby={children ? `${id}-text` : undefined}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
      onMouseDown={(event) => event.target === event.currentTarget && onCancel()}
      className="m-auto w-100 max-w-[calc(100vw-2rem)] animate-rise rounded-sheet border border-line bg-raised p-0 text-ink shadow-float backdrop:bg-[light-dark(rgb(40_36_30/.35),rgb(0_0_0/.6))]"
    >
      <div className="p-5">
        <h2 id={`${id}-title`} className="text-title font-semibold tracking-[-.01em] text-pretty break-words">
          {title}
        </h2>
        {children && (
          <div id={`${id}-text`} className="mt-1.5 text-ink-2">
            {children}
          </div>
        )}
        <div className="mt-5 flex flex-wrap justify-end gap-2 max-md:flex-col-reverse">
          <Button ref={isDangerous ? first : undefined} size="auto" onClick={onCancel}>
            {cancelLabel}
          </Button>
          <Button
            ref={isDangerous ? undefined : first}
            size="auto"
            className="min-w-21"
            variant={isDangerous ? "danger" : "solid"}
            pending={pending}
            onClick={onConfirm}
          >
            {confirmLabel}
          </Button>
        </div>
      </div>
    </dialog>
  );
}
