import { Types } from "mongoose";
import { beforeAll, describe, expect, test } from "vitest";
import { MineQuery, TicketsQuery, UnassignedQuery } from "@/lib/api/contracts";
import { compareInList, isInList, type ListFilter, type View } from "@/lib/api/ticket-lists";
import { TICKET_STATUSES, type TicketSummary } from "@/lib/api/vocabulary";
import { listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import { customerMail, needingLook } from "@/tests/support/factories/attention";
import { createLegacyThread, createThread, member } from "@/tests/support/factories/threads";

const reader = member("Maya Lindqvist");
const other = member("Priya Nair");
const ASSIGNEES = [undefined, null, "", reader.id, other.id];
const STATUSES = [...TICKET_STATUSES, "active", undefined] as const;

let all: TicketSummary[];

beforeAll(async () => {
  let made = 0;
  for (const status of TICKET_STATUSES) {
    for (const assignedTo of ASSIGNEES) {
      // Some share their dates, so that the id decides; the order of arrival is not that of the last message.
      made += 1;
      const receivedAt = new Date(Date.UTC(2026, 0, 1 + (made % 4)));
      const lastMessageAt = new Date(Date.UTC(2026, 1, 1 + ((made * 7) % 5)));
      await createThread({
        status,
        receivedAt,
        lastMessageAt,
        ...(assignedTo !== undefined && { assignedTo }),
      });
    }
  }
  for (const [index, assignedTo] of [null, null, reader.id, reader.id, other.id, null, reader.id].entries()) {
    const status = index % 3 === 0 ? "in_progress" : "open";
    await createThread({ status, assignedTo, ...needingLook(new Date(Date.UTC(2026, 2, 5 - (index % 3)))) });
  }
  const wroteAt = new Date(Date.UTC(2026, 2, 1));
  await createThread({ assignedTo: reader.id, lastMessageAt: wroteAt, ...customerMail(wroteAt) });
  // From before the fields existed.
  await createLegacyThread({ lastMessageAt: new Date(Date.UTC(2026, 1, 3)) });
  await createLegacyThread({
    status: null,
    lastMessageAt: new Date(Date.UTC(2026, 1, 3)),
    assignedTo: other.id,
  });
  await createThread({ _id: new Types.ObjectId(), subject: "Unclaimed again", assignedTo: null });
  all = (await listTickets(TicketsQuery.parse({ limit: 100 }), reader)).tickets;
});

/** The rule that screens go by, on all tickets. */
function ruled(view: View, filter: ListFilter): string[] {
  return all
    .filter((ticket) => isInList({ view, filter, reader: reader.id }, ticket))
    .sort((a, b) => compareInList(view, a, b))
    .map(({ _id }) => _id);
}

const ids = ({ tickets }: { tickets: TicketSummary[] }) => tickets.map(({ _id }) => _id);

describe("a screen puts a ticket into the same lists as the server, in the same order:", () => {
  test.each(STATUSES)("Unassigned, status %s", async (status) => {
    const listed = ids(await listUnassigned(UnassignedQuery.parse({ status, limit: 100 })));
    expect(listed.length).toBeGreaterThan(1);
    expect(ruled("unassigned", { status })).toEqual(listed);
  });

  test.each(STATUSES)("Mine, status %s", async (status) => {
    const listed = ids(await listMine(MineQuery.parse({ status, limit: 100 }), reader));
    expect(listed.length).toBeGreaterThan(0);
    expect(ruled("mine", { status })).toEqual(listed);
  });

  test.each(
    STATUSES.flatMap((status) =>
      [undefined, "none", "me", reader.id, other.id, "user_nobody"].map(
        (assignee) => [status, assignee] as const,
      ),
    ),
  )("All, status %s, assignee %s", async (status, assignee) => {
    const query = TicketsQuery.parse({ status, assignee, limit: 100 });
    const listed = ids(await listTickets(query, reader));
    expect(listed.length > 0).toBe(assignee !== "user_nobody");
    expect(ruled("all", { status, assignee })).toEqual(listed);
  });
});
