import { pageHref } from "@/components/tickets/ticket-paths";

/** The list of a member's active tickets. */
export function ticketsHref({ id }: { id: string }): string {
  return pageHref("all", { assignee: id, status: "active" });
}
