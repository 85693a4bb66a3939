import { classNames } from "@/components/ui/class-names";
import { Icon, type IconName } from "@/components/ui/Icon";
import { OwnerRing } from "@/components/ui/OwnerRing";
import type { DeliveryState } from "@/lib/api/vocabulary";

type Mark = { text: string; icon: IconName | "pending"; className: string };

const MARKS: Record<DeliveryState | "delayed", Mark> = {
  queued: { text: "Waiting to go out", icon: "clock", className: "text-ink-3" },
  sending: { text: "Sending", icon: "pending", className: "text-ink-3" },
  sent: { text: "Sent", icon: "check", className: "text-ink-3" },
  delayed: { text: "Delayed", icon: "clock", className: "font-medium text-unclaimed" },
  failed: { text: "Not delivered", icon: "alert", className: "font-medium text-danger" },
  unconfirmed: { text: "Unconfirmed", icon: "alert", className: "font-medium text-unclaimed" },
  came_back: { text: "Came back", icon: "alert", className: "font-medium text-danger" },
  cancelled: { text: "Taken back", icon: "undo", className: "text-ink-3" },
};

const PARTIAL = { text: "Not sent to all", icon: "alert", className: "font-medium text-danger" } as const;

type Props = { state: keyof typeof MARKS; isPartial?: boolean };

/**
 * The delivery state of a reply: `delayed` if it was sent but not delivered yet, `isPartial` if some recipients'
 * servers refused it.
 */
export function DeliveryMark({ state, isPartial = false }: Props) {
  const { text, icon, className } = isPartial && state === "sent" ? PARTIAL : MARKS[state];
  return (
    <span
      className={classNames("inline-flex items-center gap-[5px] text-small whitespace-nowrap", className)}
    >
      {icon === "pending" ? <OwnerRing state="pending" /> : <Icon name={icon} size={14} />}
      {text}
    </span>
  );
}
