"use client";
import { createContext, use, useCallback, useEffect, useState, type ReactNode } from "react";
import { Icon, type IconName } from "./Icon";
import { Kbd } from "./Kbd";
import { useShortcuts } from "./shortcuts";

/** How long a toast stays, in milliseconds, counted from when the pointer or the focus last left it. */
const TOAST_MS = 10_000;

export type ToastContent = {
  icon?: IconName;
  text: string;
  /** At most one. `key` is its shortcut while the toast shows. */
  action?: { label: string; key?: string; run: () => void };
};

const ShowToast = createContext<(toast: ToastContent) => void>(() => {});

/** Returns a function that shows a toast in place of the previous one. */
export function useToast(): (toast: ToastContent) => void {
  return use(ShowToast);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<(ToastContent & { id: number }) | null>(null);
  const show = useCallback(
    (content: ToastContent) => setToast((before) => ({ ...content, id: (before?.id ?? 0) + 1 })),
    [],
  );
  const dismiss = useCallback(() => setToast(null), []);
  return (
    <ShowToast value={show}>
      {children}
      <div
        role="status"
        className="pointer-events-none fixed inset-x-0 bottom-5 z-10 flex justify-center px-4 max-md:bottom-[calc(var(--touch)+env(safe-area-inset-bottom)+1.25rem)] md:left-(--rail)"
      >
        {toast && <ToastCard key={toast.id} toast={toast} onDone={dismiss} />}
      </div>
    </ShowToast>
  );
}

function ToastCard({ toast, onDone }: { toast: ToastContent; onDone: () => void }) {
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(onDone, TOAST_MS);
    return () => clearTimeout(timer);
  }, [isHeld, onDone]);

  const { action } = toast;
  function act() {
    onDone();
    action?.run();
  }
  useShortcuts(action?.key ? { [action.key]: act } : {});

  return (
    <div
      onMouseEnter={() => setIsHeld(true)}
      onMouseLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
      className="pointer-events-auto flex min-h-11 max-w-full animate-rise items-center gap-3 max-md:w-full rounded-card border border-toast-line bg-toast py-1.5 pr-1.5 pl-3.5 text-on-toast shadow-float"
    >
      {toast.icon && <Icon name={toast.icon} className="text-on-toast-2" />}
      <span className="min-w-0 flex-1 pr-2 break-words">{toast.text}</span>
      {action && (
        <button
          type="button"
          onClick={act}
          className="inline-flex h-8 flex-none items-center gap-1.5 rounded-[6px] px-2.5 font-semibold text-on-accent hover:bg-on-toast/12 focus-visible:outline-on-toast max-md:h-11"
        >
          {action.label}
          {action.key && (
            <span className="grid max-md:hidden">
              <Kbd on="toast">{action.key.toUpperCase()}</Kbd>
            </span>
          )}
        </button>
      )}
      <button
        type="button"
        aria-label="Close"
        onClick={onDone}
        className="grid size-8 flex-none place-items-center rounded-[6px] text-on-toast-2 hover:bg-on-toast/12 focus-visible:outline-on-toast max-md:h-11"
      >
        <Icon name="x" size={14} />
      </button>
    </div>
  );
}
