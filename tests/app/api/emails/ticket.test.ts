import { beforeAll, describe, expect, test } from "vitest";
import { POST as claim } from "@/app/api/emails/claim/route";
import { GET } from "@/app/api/emails/tickets/[threadId]/route";
import { createLegacyThread, createThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";

describe.each(IDENTITIES)("GET /api/emails/tickets/ID with $how sessions", ({ use, team, headersOf }) => {
  beforeAll(use);

  const read = (threadId: string, query = "") =>
    call(GET, `/api/emails/tickets/${encodeURIComponent(threadId)}${query}`, {
      headers: headersOf("tomas"),
      params: { threadId },
    });

  test("shows the ticket, its messages and its history to everybody on the team", async () => {
    const { id } = await createThread();
    await post(claim, "/api/emails/claim", { threadId: id }, headersOf("priya"));
    const { status, body } = await read(id);
    expect(status).toBe(200);
    const people = ["newcomers", "participants", "recipients", "recipientsRevision"];
    const fields = [...people, "history", "messages", "olderCursor", "ticket"];
    expect(Object.keys(body ?? {}).toSorted()).toEqual(fields.toSorted());
    expect(body).toMatchObject({
      ticket: { _id: id, assignedTo: team.priya.id, status: "open" },
      messages: [],
      olderCursor: null,
      history: [{ kind: "claimed", by: { id: team.priya.id, name: "Priya Nair" } }],
    });
  });

  test("shows a thread stored before the assignment fields existed as unassigned", async () => {
    const { id } = await createLegacyThread({ subject: "From before" });
    expect(await read(id)).toMatchObject({
      status: 200,
      body: { ticket: { _id: id, subject: "From before", assignedTo: null, claimedAt: null, revision: 0 } },
    });
  });

  test.each([
    "x",
    "1",
    "%24ne",
    "507f1f77bcf86cd79943901",
    "507f1f77bcf86cd79943901g",
    "../../team",
    "[object Object]",
  ])("answers 400 to %j as an id", async (id) => {
    expect(await read(id)).toMatchObject({
      status: 400,
      body: { reason: "invalid_request", issues: [{ path: "threadId" }] },
    });
  });

  test("answers 404 if there is no such ticket", async () => {
    expect(await read("f".repeat(24))).toMatchObject({ status: 404, body: { reason: "not_found" } });
  });

  test("answers 400 to an unknown query parameter", async () => {
    const { id } = await createThread();
    expect((await read(id, "?fields=all")).status).toBe(400);
  });
});
