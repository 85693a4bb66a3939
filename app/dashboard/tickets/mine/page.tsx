import type { Metadata } from "next";
import { CaughtUp, NothingMatches } from "@/components/tickets/EmptyLists";
import { ListHeader } from "@/components/tickets/ListHeader";
import { MineTabs } from "@/components/tickets/MineTabs";
import { readFilter, statusName, type SearchParams } from "@/components/tickets/ticket-paths";
import { TicketsList } from "@/components/tickets/TicketsList";
import { requireMember } from "@/lib/auth";
import { startOfReading } from "@/lib/http/live";
import { MineQuery } from "@/lib/api/contracts";
import { listMine } from "@/lib/tickets/list";

export const metadata: Metadata = { title: "Mine" };

export default async function MinePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const member = await requireMember("/dashboard/tickets/mine");
  const { status = "active" } = readFilter(await searchParams);
  const readAt = await startOfReading();
  const initial = await listMine(MineQuery.parse({ status }), member);
  const empty =
    status === "active" ? (
      <CaughtUp />
    ) : (
      <NothingMatches view="mine" filterText={`Status is ${statusName(status)}.`} />
    );
  return (
    <TicketsList
      view="mine"
      header={<ListHeader title="Mine" counter="mine" order="Latest first" />}
      filters={<MineTabs current={status} />}
      filter={{ status }}
      initial={initial}
      readAt={readAt}
      empty={empty}
    />
  );
}
