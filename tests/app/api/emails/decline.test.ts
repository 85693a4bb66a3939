import { beforeAll, describe, expect, test } from "vitest";
import { POST } from "@/app/api/emails/decline/route";
import { POST as reassign } from "@/app/api/emails/reassign/route";
import { NOTE_MAX } from "@/lib/api/contracts";
import { Member } from "@/models/MemberModel";
import { noticesIn } from "@/tests/support/factories/answered-tickets";
import { heldTicket } from "@/tests/support/factories/held-tickets";
import { storedThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

describe.each(IDENTITIES)("POST /api/emails/decline with $how sessions", ({ use, team, headersOf }) => {
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

  const decline = (body: Record<string, unknown>, who: "priya" | "tomas" = "tomas", key?: string) =>
    post(POST, "/api/emails/decline", body, {
      ...headersOf(who),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    });

  async function givenToTomas(): Promise<string> {
    const { id: threadId } = await heldTicket(priya);
    const body = { threadId, assignedTo: tomas.id, expectedAssignedTo: priya.id };
    expect(await post(reassign, "/api/emails/reassign", body, headersOf("priya"))).toMatchObject({
      status: 200,
    });
    return threadId;
  }

  test("answers with the ticket: unassigned, declined, and given back to whoever gave it", async () => {
    const threadId = await givenToTomas();
    const { status, body } = await decline({ threadId, reason: " I am away " });
    expect(status).toBe(200);
    expect(Object.keys(body ?? {})).toEqual(["success", "ticket"]);
    expect(body).toMatchObject({
      success: true,
      ticket: {
        ...{ _id: threadId, assignedTo: null, claimedAt: null, handover: null, givenBackTo: priya.id },
        attention: { kind: "declined", cause: null },
      },
    });
    expect(
      (await noticesIn((await storedThread(threadId))._id.toHexString() as never))[0]?.declined,
    ).toMatchObject({
      reason: "I am away",
    });
  });

  test("answers 403 to whoever does not hold the ticket", async () => {
    const threadId = await givenToTomas();
    const { status, body } = await decline({ threadId, reason: "No" }, "priya");
    expect(status).toBe(403);
    expect(body).toStrictEqual({
      error: "You can only decline a ticket that you hold.",
      ...{ reason: "not_assignee", act: "decline" },
    });
  });

  test("answers 409 for a ticket that nobody gave to its assignee", async () => {
    const { id: threadId } = await heldTicket(tomas);
    const { status, body } = await decline({ threadId, reason: "No" });
    expect(status).toBe(409);
    expect(body).toStrictEqual({
      error: "Nobody gave you this ticket, or you have worked on it since. Unclaim it instead.",
      reason: "not_handed_over",
    });
  });

  test("answers 404 if there is no such ticket", async () => {
    expect(await decline({ threadId: "f".repeat(24), reason: "No" })).toMatchObject({
      status: 404,
      body: { reason: "not_found" },
    });
  });

  test.each([undefined, null, "", "   ", "x".repeat(NOTE_MAX + 1)])(
    "answers 400 to %j as the reason",
    async (reason) => {
      const threadId = await givenToTomas();
      expect(await decline({ threadId, reason })).toMatchObject({
        status: 400,
        body: { reason: "invalid_request", issues: [{ path: "reason" }] },
      });
      expect(await storedThread(threadId)).toMatchObject({ assignedTo: tomas.id, revision: 2 });
    },
  );

  test("says in words that a reason is needed", async () => {
    const { body } = await decline({ threadId: "f".repeat(24), reason: " " });
    expect(body?.error).toContain("Say in a few words why you decline it");
  });

  test("answers a retry with the same Idempotency-Key as a success and declines once", async () => {
    const threadId = await givenToTomas();
    const answers = [1, 2, 3].map(() => decline({ threadId, reason: "Away" }, "tomas", "decline-1"));
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    expect(await storedThread(threadId)).toMatchObject({ revision: 3, messageCount: 2 });
  });
});
