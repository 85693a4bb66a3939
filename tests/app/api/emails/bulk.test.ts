import { beforeAll, describe, expect, test } from "vitest";
import { POST } from "@/app/api/emails/bulk/route";
import { BULK_MAX } from "@/lib/api/contracts";
import { Member } from "@/models/MemberModel";
import { heldTicket } from "@/tests/support/factories/held-tickets";
import { storedThread } from "@/tests/support/factories/threads";
import { demoIdentity, IDENTITIES } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

const PATH = "/api/emails/bulk";
const MISSING = "f".repeat(24);

describe.each(IDENTITIES)("POST /api/emails/bulk with $how sessions", ({ use, team, headersOf }) => {
  const { priya, tomas } = team;
  beforeAll(async () => {
    use();
    for (const { id: _id, ...member } of Object.values(team))
      await Member.updateOne(
        { _id },
        { ...member, lastSeenAt: new Date(), removedAt: null },
        { upsert: true },
      );
  });

  const ask = (body: Record<string, unknown>, key?: string) =>
    post(POST, PATH, body, {
      ...headersOf("priya"),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    });
  const items = (...ids: string[]) => ids.map((threadId) => ({ threadId }));

  test("answers 200 with one outcome for each item in order, each refusal as the single act has it", async () => {
    const [free, taken] = [await heldTicket(null), await heldTicket(tomas)];
    const { status, body } = await ask({
      action: "claim",
      items: items(taken.id, free.id.toUpperCase(), MISSING, free.id),
    });
    expect(status).toBe(200);
    expect(body).toStrictEqual({
      results: [
        {
          ...{ threadId: taken.id, success: false, reason: "already_claimed" },
          error: "Tomás Rivera has already claimed this ticket.",
          ...{ assignedTo: tomas.id, assignedToEmail: tomas.email, assignedToName: tomas.name },
          claimedAt: taken.claimedAt?.toISOString(),
        },
        { threadId: free.id, success: true, canUndo: true },
        { threadId: MISSING, success: false, reason: "not_found", error: "There is no such ticket." },
        {
          ...{ threadId: free.id, success: false, reason: "named_twice" },
          error: "This ticket is named twice. It was done once.",
        },
      ],
    });
  });

  test("answers a retry with the same Idempotency-Key the same and changes nothing", async () => {
    const ticket = await heldTicket(null);
    const request = { action: "claim", items: items(ticket.id) };
    const first = await ask(request, "bulk-1");
    expect((await ask(request, "bulk-1")).body).toEqual(first.body);
    expect(await storedThread(ticket.id)).toMatchObject({ revision: 2 });
  });

  test("undoes by the key of the request, which nobody else's key is", async () => {
    const [own, others] = [await heldTicket(priya), await heldTicket(tomas)];
    const act = { action: "unclaim", items: items(own.id, others.id) };
    await ask(act, "bulk-2");
    const { status, body } = await ask({ action: "undo", key: "bulk-2", items: act.items }, "bulk-3");
    expect(status).toBe(200);
    expect(body).toStrictEqual({
      results: [
        { threadId: own.id, success: true, canUndo: false },
        {
          ...{ threadId: others.id, success: false, reason: "nothing_to_undo", by: null },
          error: "This can’t be undone any more: something came in the ticket since, or it was too long ago.",
        },
      ],
    });
    expect(await storedThread(own.id)).toMatchObject({ assignedTo: priya.id, revision: 3 });
  });
});

describe("POST /api/emails/bulk", () => {
  beforeAll(demoIdentity.use);
  const ask = (body: unknown) => post(POST, PATH, body, demoIdentity.headersOf("priya"));
  const item = { threadId: MISSING };
  const many = (count: number) => Array.from({ length: count }, () => item);

  test(`takes ${BULK_MAX} tickets, and answers each`, async () => {
    const { status, body } = await ask({ action: "claim", items: many(BULK_MAX) });
    expect(status).toBe(200);
    expect(body?.results).toHaveLength(BULK_MAX);
  });

  test.each([
    ["no tickets", { action: "claim", items: [] }, "items"],
    ["too many tickets", { action: "claim", items: many(BULK_MAX + 1) }, "items"],
    ["no list", { action: "claim", items: item }, "items"],
    ["no action", { items: [item] }, "action"],
    ["an unknown action", { action: "erase", items: [item] }, "action"],
    [
      "a hand-over to nobody",
      { action: "reassign", items: [{ ...item, expectedAssignedTo: null }] },
      "assignedTo",
    ],
    [
      "a hand-over without the assignee that was seen",
      { action: "reassign", assignedTo: "user_demo_tomas", items: [item] },
      "items.0.expectedAssignedTo",
    ],
    ["no status", { action: "status", items: [item] }, "status"],
    ["an unknown status", { action: "status", status: "closed", items: [item] }, "status"],
    ["an undo without a key", { action: "undo", items: [item] }, "key"],
    ["a field of another action", { action: "claim", status: "open", items: [item] }, ""],
    ["an unknown field in an item", { action: "claim", items: [{ ...item, assignedTo: "me" }] }, "items.0"],
    ["an operator as an id", { action: "claim", items: [{ threadId: { $ne: null } }] }, "items.0.threadId"],
    [
      "an operator as the message that was seen",
      { action: "status", status: "resolved", items: [{ ...item, lastSeenMessageId: { $ne: null } }] },
      "items.0.lastSeenMessageId",
    ],
  ])("answers 400 by path to %s", async (_, body, path) => {
    expect(await ask(body)).toMatchObject({
      status: 400,
      body: { reason: "invalid_request", issues: [{ path }] },
    });
  });

  test.each(["", "a b", "k".repeat(201)])("answers 400 to %j as the Idempotency-Key", async (key) => {
    const headers = { ...demoIdentity.headersOf("priya"), "idempotency-key": key };
    expect(await post(POST, PATH, { action: "claim", items: [item] }, headers)).toMatchObject({
      status: 400,
    });
  });
});
