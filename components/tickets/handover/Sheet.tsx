"use client";
import { useLayoutEffect, useRef, type ReactNode } from "react";

type Props = {
  /** The accessible name. */
  label: string;
  onClose: () => void;
  children: ReactNode;
};

/**
 * A small dialog near the top of the window, or a sheet at the bottom of a phone. Its first field has the focus. Escape
 * and a press outside close it, and the focus goes back to where it was.
 */
export function Sheet({ label, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);

  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    element?.querySelector<HTMLElement>("input, textarea")?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
      className="mx-auto mt-[12vh] mb-auto w-100 max-w-[calc(100vw-2rem)] animate-rise overflow-y-auto rounded-sheet border border-line bg-raised p-0 text-ink shadow-float backdrop:bg-[light-dark(rgb(40_36_30/.35),rgb(0_0_0/.6))] max-md:mt-auto max-md:mb-0 max-md:w-full max-md:max-w-none max-md:rounded-b-none max-md:border-x-0 max-md:border-b-0"
    >
      {children}
    </dialog>
  );
}
