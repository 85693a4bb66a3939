import { expect } from "vitest";
import { listMine } from "@/lib/tickets/list";
import type { StoredHistoryLine, StoredThread } from "@/models/EmailThreadModel";
import { TEAM } from "./desk-team";
import type { ExpectedDesk } from "./expected-desk";

// Who holds a ticket, by the stored facts and by the model.

type Owner = string | null;
const idOf = (person: { id: string } | null | undefined): Owner => person?.id ?? null;

/** The assignee after the line, if the one before is the one that the line names; throws if it is not. */
function ownerAfter(line: StoredHistoryLine, before: Owner): Owner {
  const { kind, assignee, formerAssignee } = line;
  switch (kind) {
    case "claimed":
      expect({ kind, before }).toEqual({ kind, before: null });
      return idOf(assignee);
    case "unclaimed":
    case "declined":
      expect({ kind, before }).toEqual({ kind, before: idOf(assignee) });
      return null;
    case "reassigned":
    case "undone":
      expect({ kind, before }).toEqual({ kind, before: idOf(formerAssignee) });
      return idOf(assignee);
    case "replied":
    case "status_changed":
    case "seen":
      expect([null, idOf(assignee)]).toContain(before);
      return idOf(assignee);
    default:
      return before;
  }
}

/** The history explains every change of the assignee, up to the one who holds the ticket now. */
function expectExplained({ history = [], assignedTo }: StoredThread): void {
  expect(history.reduce<Owner>((owner, line) => ownerAfter(line, owner), null)).toBe(assignedTo ?? null);
}

/**
 * Each ticket has the owner whom its history explains; one that was declined needs a look in its giver's Mine and in nobody
 * else's, and none that somebody holds is declined; a hand-over stays only as long as its receiver has not acted.
 */
export async function expectOwners(expected: ExpectedDesk, threads: StoredThread[]): Promise<void> {
  threads.forEach(expectExplained);
  for (const { id, assignee, giver, givenBackTo } of expected.tickets) {
    const thread = threads.find(({ _id }) => _id.toHexString() === id);
    expect({
      assignee: thread?.assignedTo ?? null,
      giver: idOf(thread?.handover?.by),
      givenBackTo: thread?.givenBackTo ?? null,
      isDeclined: thread?.openAttention?.some(({ kind }) => kind === "declined") ?? false,
    }).toEqual({
      assignee: idOf(assignee),
      giver: idOf(giver),
      givenBackTo: idOf(givenBackTo),
      isDeclined: givenBackTo !== null,
    });
  }
  for (const member of TEAM) {
    const { tickets } = await listMine({ limit: 100 }, member);
    const wanted = expected.tickets.filter(
      ({ assignee, givenBackTo }) => assignee?.id === member.id || givenBackTo?.id === member.id,
    );
    expect(tickets.map(({ _id }) => _id).toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
  }
}
