import type { Metadata } from "next";
import { Suspense } from "react";
import { NoTickets, NothingMatches } from "@/components/tickets/EmptyLists";
import { ListHeader } from "@/components/tickets/ListHeader";
import { filterText, isNarrowed, readFilter, type SearchParams } from "@/components/tickets/ticket-paths";
import { TicketFilters } from "@/components/tickets/TicketFilters";
import { TicketsList } from "@/components/tickets/TicketsList";
import { Skeleton } from "@/components/ui/Skeleton";
import { requireMember } from "@/lib/auth";
import { startOfReading } from "@/lib/http/live";
import { listTeam } from "@/lib/team/members";
import { TicketsQuery } from "@/lib/api/contracts";
import { listTickets } from "@/lib/tickets/list";

export const metadata: Metadata = { title: "All" };

type Props = { searchParams: Promise<SearchParams> };

// A loading.tsx here would also show before a ticket's page.
export default function AllTicketsPage({ searchParams }: Props) {
  return (
    <Suspense fallback={<Loading />}>
      <AllTickets searchParams={searchParams} />
    </Suspense>
  );
}

async function AllTickets({ searchParams }: Props) {
  const member = await requireMember("/dashboard/tickets");
  const filter = readFilter(await searchParams);
  const readAt = await startOfReading();
  const [initial, members] = await Promise.all([listTickets(TicketsQuery.parse(filter), member), listTeam()]);
  const team = members.map(({ id, name }) => ({ id, name }));
  const empty = isNarrowed(filter) ? (
    <NothingMatches view="all" filterText={filterText(filter, member, team)} />
  ) : (
    <NoTickets />
  );
  return (
    <TicketsList
      view="all"
      header={
        <ListHeader title="All" counter={isNarrowed(filter) ? undefined : "all"} order="Latest first" />
      }
      filters={<TicketFilters filter={filter} team={team} />}
      filter={filter}
      initial={initial}
      readAt={readAt}
      empty={empty}
    />
  );
}

function Loading() {
  return (
    <>
      <ListHeader title="All" order="Latest first" />
      <TicketFilters filter={{}} team={[]} />
      <Skeleton />
    </>
  );
}
