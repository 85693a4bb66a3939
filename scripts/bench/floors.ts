import mongoose, { type mongo } from "mongoose";
import { MineQuery, TicketsQuery, UnassignedQuery } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { countTickets, listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import { memberId } from "./sessions";

const MEMBER: TeamMember = {
  id: memberId(1),
  email: "member1@team.example",
  name: "Member 1",
  role: "member",
};

/** Each read of the desk that is measured, and what it asks the database. */
export const READS = {
  Unassigned: {
    path: "/api/emails/tickets/unassigned",
    ask: () => listUnassigned(UnassignedQuery.parse({})),
  },
  Mine: { path: "/api/emails/tickets/mine", ask: () => listMine(MineQuery.parse({}), MEMBER) },
  All: { path: "/api/emails/tickets", ask: () => listTickets(TicketsQuery.parse({}), MEMBER) },
  counters: { path: "/api/emails/tickets/counts", ask: () => countTickets(MEMBER) },
};
export type ReadName = keyof typeof READS;

/** The commands that `ask` sends to the database, as BSON for the load's own driver. */
export async function commandsOf(ask: () => Promise<unknown>): Promise<Uint8Array> {
  const commands: mongo.Document[] = [];
  const note = ({ commandName, command }: mongo.CommandStartedEvent) => {
    if (commandName === "find" || commandName === "aggregate") commands.push(command);
  };
  const client = mongoose.connection.getClient();
  client.on("commandStarted", note);
  await ask();
  client.off("commandStarted", note);
  return mongoose.mongo.BSON.serialize({ commands });
}
