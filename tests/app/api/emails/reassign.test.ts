import { beforeAll, describe, expect, test } from "vitest";
import { POST } from "@/app/api/emails/reassign/route";
import { NOTE_MAX } from "@/lib/api/contracts";
import { Member } from "@/models/MemberModel";
import { heldTicket } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import { storedThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

describe.each(IDENTITIES)("POST /api/emails/reassign with $how sessions", ({ use, team, headersOf }) => {
  const { priya, tomas, maya } = team;
  beforeAll(async () => {
    use();
    for (const { id: _id, ...member } of Object.values(team))
      await Member.updateOne(
        { _id },
        { ...member, lastSeenAt: new Date(), removedAt: null },
        { upsert: true },
      );
  });

  const give = (body: Record<string, unknown>, who: "priya" | "tomas" | "maya" = "priya", key?: string) =>
    post(POST, "/api/emails/reassign", body, {
      ...headersOf(who),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    });
  const toTomas = (threadId: string, from: string | null = priya.id) => ({
    ...{ threadId, assignedTo: tomas.id, expectedAssignedTo: from },
  });

  test("answers with the ticket as it is stored, its assignee and its hand-over", async () => {
    const { id } = await heldTicket(priya);
    const { status, body } = await give({ ...toTomas(id), note: "  Yours  " });
    const { claimedAt, handover } = await storedThread(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      ticket: {
        _id: id,
        ...{ assignedTo: tomas.id, assignedToEmail: tomas.email, assignedToName: tomas.name },
        ...{ claimedAt: claimedAt?.toISOString(), revision: 2 },
        handover: {
          by: { id: priya.id, email: priya.email, name: priya.name },
          at: handover?.at.toISOString(),
          note: "Yours",
        },
      },
    });
    expect(Object.keys(body ?? {})).toEqual(["success", "ticket"]);
  });

  test("answers 403 to a member who gives away somebody else's ticket or nobody's", async () => {
    const [held, free] = [await heldTicket(maya), await heldTicket(null)];
    const others = await give(toTomas(held.id, maya.id));
    expect(others).toMatchObject({ status: 403 });
    expect(others.body).toStrictEqual({
      error: "You can only give away your own tickets. Ask its assignee or an admin.",
      ...{ reason: "not_assignee", act: "reassign" },
    });
    const nobodys = await give(toTomas(free.id, null));
    expect(nobodys).toMatchObject({ status: 403 });
    expect(nobodys.body).toStrictEqual({
      error: "Only an admin may give an unassigned ticket to somebody else. Claim it, then give it away.",
      ...{ reason: "not_assignee", act: "assign" },
    });
    expect(await give(toTomas(free.id, null), "maya")).toMatchObject({ status: 200 });
  });

  test("answers 409 with the present assignee if the ticket changed meanwhile", async () => {
    const [held, free] = [await heldTicket(maya), await heldTicket(null)];
    const { status, body } = await give(toTomas(held.id));
    expect(status).toBe(409);
    expect(body).toStrictEqual({
      error: "This ticket changed meanwhile: Maya Lindqvist holds it now.",
      reason: "changed_meanwhile",
      ...{ assignedTo: maya.id, assignedToEmail: maya.email, assignedToName: maya.name },
      claimedAt: held.claimedAt?.toISOString(),
    });
    expect(await give(toTomas(free.id))).toMatchObject({
      status: 409,
      body: {
        error: "This ticket changed meanwhile: nobody holds it now.",
        ...{ reason: "changed_meanwhile", assignedTo: null, claimedAt: null },
      },
    });
  });

  test("answers 422 with a sentence to an unknown, a removed or a viewing receiver", async () => {
    const removed = await createMember("Rolf Removed", { _id: `${priya.id}_gone`, removedAt: new Date() });
    const viewer = await createMember("Vera Viewer", { _id: `${priya.id}_looks`, role: "viewer" });
    const { id } = await heldTicket(priya);
    const cases = [
      ["user_nobody", "unknown", "There is no such team member. Choose somebody who has signed in once."],
      [`${priya.id}_gone`, "removed", "That person is no longer on the team. Choose somebody else."],
      [
        `${priya.id}_looks`,
        "viewer",
        "That person may only look, and cannot hold tickets. Choose somebody else.",
      ],
    ] as const;
    expect([removed, viewer]).toHaveLength(2);
    for (const [memberId, why, error] of cases) {
      const answer = await give({ ...toTomas(id), assignedTo: memberId });
      expect(answer).toMatchObject({ status: 422 });
      expect(answer.body).toStrictEqual({ error, reason: "unknown_member", memberId, why });
    }
    expect(await storedThread(id)).toMatchObject({ assignedTo: priya.id, revision: 1 });
  });

  test("answers 404 if there is no such ticket", async () => {
    expect(await give(toTomas("f".repeat(24)))).toMatchObject({ status: 404, body: { reason: "not_found" } });
  });

  test("answers 400 by path to a request without the assignee that was seen, or with too long a note", async () => {
    const { id } = await heldTicket(priya);
    const { expectedAssignedTo: _seen, ...unseen } = toTomas(id);
    for (const [body, path] of [
      [unseen, "expectedAssignedTo"],
      [{ ...toTomas(id), expectedAssignedTo: "" }, "expectedAssignedTo"],
      [{ ...toTomas(id), assignedTo: null }, "assignedTo"],
      [{ ...toTomas(id), note: "x".repeat(NOTE_MAX + 1) }, "note"],
    ] as const) {
      expect(await give(body)).toMatchObject({
        status: 400,
        body: { reason: "invalid_request", issues: [{ path }] },
      });
    }
    expect(await storedThread(id)).toMatchObject({ revision: 1 });
  });

  test("answers a retry with the same Idempotency-Key as a success, though the ticket has moved on", async () => {
    const { id } = await heldTicket(priya);
    await give(toTomas(id), "priya", "give-1");
    await give({ threadId: id, assignedTo: maya.id, expectedAssignedTo: tomas.id }, "tomas");
    expect(await give(toTomas(id), "priya", "give-1")).toMatchObject({
      status: 200,
      body: { success: true, ticket: { assignedTo: maya.id } },
    });
    expect(await storedThread(id)).toMatchObject({ assignedTo: maya.id, revision: 3 });
  });
});
