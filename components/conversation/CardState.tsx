import { classNames } from "@/components/ui/class-names";
import { Icon, type IconName } from "@/components/ui/Icon";
import type { CardSummary } from "@/lib/tickets/ticket";

const STATES: Record<CardSummary["state"], { text: string; icon: IconName; className?: string }> = {
  synced: { text: "Up to date", icon: "check" },
  pending: { text: "Being updated", icon: "clock" },
  failed: { text: "Not updated", icon: "alert", className: "font-medium text-danger" },
  gone: { text: "Deleted in the channel", icon: "x", className: "text-ink-3" },
};

/** How the card in the team's channel stands. */
export function CardState({ card }: { card: CardSummary | null }) {
  if (!card) return <span className="text-ink-3">None yet</span>;
  const { text, icon, className } = STATES[card.state];
  return (
    <span
      title={card.lastError ?? undefined}
      className={classNames("inline-flex min-w-0 items-center gap-[7px]", className)}
    >
      <Icon name={icon} size={14} className={className ? undefined : "text-ink-2"} />
      <span className="min-w-0 truncate">{text}</span>
    </span>
  );
}
