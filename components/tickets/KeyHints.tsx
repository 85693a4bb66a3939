"use client";
import { useMember } from "@/components/client/Member";
import { Kbd } from "@/components/ui/Kbd";
import { useShortcutSwitch } from "@/components/ui/shortcuts";
import type { View } from "./ticket-paths";

type Hint = { keys: string[]; does: string; notIn?: View; isRead?: boolean };

/** `isRead`: for those, too, who may only look. */
const HINTS: Hint[] = [
  { keys: ["J", "K"], does: "move", isRead: true },
  { keys: ["X"], does: "select" },
  { keys: ["C"], does: "claim", notIn: "mine" },
  { keys: ["A"], does: "assign" },
  { keys: ["↵"], does: "open", isRead: true },
  { keys: ["R"], does: "reply" },
];
const SELECTION_HINTS: Hint[] = [
  { keys: ["X"], does: "select" },
  { keys: ["⇧", "X"], does: "a range" },
  { keys: ["C"], does: "claim", notIn: "mine" },
  { keys: ["A"], does: "assign" },
  { keys: ["E"], does: "resolve" },
  { keys: ["Esc"], does: "clear" },
];

/** The keys of a list, below it; hidden from screen readers, and while the keys are off. */
export function KeyHints({ view, isSelecting }: { view: View; isSelecting: boolean }) {
  const [isOn] = useShortcutSwitch();
  const { role } = useMember();
  if (!isOn) return null;
  const hints = (isSelecting ? SELECTION_HINTS : HINTS).filter(
    ({ notIn, isRead = false }) => notIn !== view && (isRead || role !== "viewer"),
  );
  return (
    <div
      aria-hidden="true"
      className="flex h-10 flex-none items-center gap-4 border-t border-line px-5 text-small text-ink-3 max-md:hidden"
    >
      {hints.map(({ keys, does }) => (
        <span key={does} className="inline-flex items-center gap-[5px]">
          {keys.map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
          {does}
        </span>
      ))}
    </div>
  );
}
