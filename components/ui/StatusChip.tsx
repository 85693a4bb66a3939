import { STATUS_NAMES, type TicketStatus } from "@/lib/api/vocabulary";
import { Chip } from "./Chip";
import type { IconName } from "./Icon";

export const STATUS_ICONS: Record<TicketStatus, IconName> = {
  open: "statusOpen",
  in_progress: "statusInProgress",
  waiting: "clock",
  resolved: "done",
};

export function StatusChip({ status }: { status: TicketStatus }) {
  const tone = status === "waiting" || status === "resolved" ? status : "neutral";
  return (
    <Chip tone={tone} icon={STATUS_ICONS[status]}>
      {STATUS_NAMES[status]}
    </Chip>
  );
}
