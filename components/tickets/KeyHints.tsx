"use client";
import { Kbd } from "@/components/ui/Kbd";
import { useShortcutSwitch } from "@/components/ui/shortcuts";
import type { View } from "./ticket-paths";

const HINTS: { keys: string[]; does: string; notIn?: View }[] = [
  { keys: ["J", "K"], does: "move" },
  { keys: ["C"], does: "claim", notIn: "mine" },
  { keys: ["↵"], does: "open" },
  { keys: ["R"], does: "reply" },
];

/** The keys of a list, below it; hidden from screen readers, and while the keys are off. */
export function KeyHints({ view }: { view: View }) {
  const [isOn] = useShortcutSwitch();
  if (!isOn) return null;
  return (
    <div
      aria-hidden="true"
      className="flex h-10 flex-none items-center gap-4 border-t border-line px-5 text-small text-ink-3 max-md:hidden"
    >
      {HINTS.filter(({ notIn }) => notIn !== view).map(({ keys, does }) => (
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
