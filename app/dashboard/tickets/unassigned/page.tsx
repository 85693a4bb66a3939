import type { Metadata } from "next";
import { NobodyWaiting } from "@/components/tickets/EmptyLists";
import { ListHeader } from "@/components/tickets/ListHeader";
import { TicketsList } from "@/components/tickets/TicketsList";
import { requireMember } from "@/lib/auth";
import { startOfReading } from "@/lib/http/live";
import { UnassignedQuery } from "@/lib/api/contracts";
import { listUnassigned } from "@/lib/tickets/list";

export const metadata: Metadata = { title: "Unassigned" };

export default async function UnassignedPage() {
  await requireMember("/dashboard/tickets/unassigned");
  const readAt = await startOfReading();
  const initial = await listUnassigned(UnassignedQuery.parse({}));
  return (
    <TicketsList
      view="unassigned"
      header={<ListHeader title="Unassigned" counter="unassigned" order="Oldest first" />}
      initial={initial}
      readAt={readAt}
      empty={<NobodyWaiting />}
    />
  );
}
