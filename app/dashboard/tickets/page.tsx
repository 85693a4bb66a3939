import type { Metadata } from "next";
import { NoTickets, NothingMatches } from "@/components/tickets/EmptyLists";
import { ListHeader } from "@/components/tickets/ListHeader";
import { filterText, readFilter, type SearchParams } from "@/components/tickets/ticket-paths";
import { TicketFilters } from "@/components/tickets/TicketFilters";
import { TicketsList } from "@/components/tickets/TicketsList";
import { listTeam, requireMember } from "@/lib/auth";
import { connectDb } from "@/lib/db";
import { TicketsQuery } from "@/lib/tickets/contracts";
import { listTickets } from "@/lib/tickets/list";

export const metadata: Metadata = { title: "All" };

export default async function AllTicketsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const member = await requireMember();
  const filter = readFilter(await searchParams);
  await connectDb();
  const [initial, members] = await Promise.all([listTickets(TicketsQuery.parse(filter), member), listTeam()]);
  const team = members.map(({ id, name }) => ({ id, name }));
  const isNarrowed = filter.status !== undefined || filter.assignee !== undefined;
  return (
    <>
      <ListHeader title="All" counter={isNarrowed ? undefined : "all"} order="Latest first" />
      <TicketFilters filter={filter} team={team} />
      <TicketsList
        view="all"
        filter={filter}
        initial={initial}
        empty={
          isNarrowed ? (
            <NothingMatches view="all" filterText={filterText(filter, member, team)} />
          ) : (
            <NoTickets />
          )
        }
      />
    </>
  );
}
