import { beforeAll, describe, expect, test } from "vitest";
import { POST as claim } from "@/app/api/emails/claim/route";
import { POST } from "@/app/api/emails/unclaim/route";
import { createLegacyThread, createThread, storedThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

const PATH = "/api/emails/unclaim";
const UNCLAIMED = { success: true, message: "Ticket unclaimed successfully" };

describe.each(IDENTITIES)("POST /api/emails/unclaim with $how sessions", ({ use, team, headersOf }) => {
  beforeAll(use);

  async function claimedBy(name: "maya" | "priya" | "tomas") {
    const thread = await createThread();
    await post(claim, "/api/emails/claim", { threadId: thread.id }, headersOf(name));
    return thread;
  }

  test("makes the assignee's ticket unassigned", async () => {
    const { id } = await claimedBy("priya");
    const { status, body } = await post(POST, PATH, { threadId: id }, headersOf("priya"));
    expect({ status, body }).toStrictEqual({ status: 200, body: UNCLAIMED });
    expect(await storedThread(id)).toMatchObject({
      assignedTo: null,
      assignedToEmail: null,
      claimedAt: null,
    });
  });

  test("answers 403 if somebody else holds the ticket", async () => {
    const { id } = await claimedBy("priya");
    const { status, body } = await post(POST, PATH, { threadId: id }, headersOf("tomas"));
    expect(status).toBe(403);
    expect(body).toStrictEqual({ error: "You can only unclaim your own tickets", reason: "not_assignee" });
    expect((await storedThread(id)).assignedTo).toBe(team.priya.id);
  });

  test("lets an admin unclaim anybody's ticket", async () => {
    const { id } = await claimedBy("priya");
    const body = { threadId: id, expectedAssignedTo: team.priya.id };
    expect(await post(POST, PATH, body, headersOf("maya"))).toMatchObject({ status: 200, body: UNCLAIMED });
    expect((await storedThread(id)).assignedTo).toBeNull();
  });

  test("answers 409 with the new assignee if the expected one no longer holds the ticket", async () => {
    const { id } = await claimedBy("tomas");
    const body = { threadId: id, expectedAssignedTo: team.priya.id };
    expect(await post(POST, PATH, body, headersOf("maya"))).toMatchObject({
      status: 409,
      body: { reason: "changed_meanwhile", assignedTo: team.tomas.id, assignedToName: "Tomás Rivera" },
    });
    expect((await storedThread(id)).assignedTo).toBe(team.tomas.id);
  });

  test("succeeds in the same words if the ticket is unassigned", async () => {
    const thread = await createThread();
    const legacy = await createLegacyThread();
    for (const { id } of [thread, legacy]) {
      expect(await post(POST, PATH, { threadId: id }, headersOf("priya"))).toMatchObject({
        status: 200,
        body: UNCLAIMED,
      });
    }
  });

  test("answers 404 if there is no such ticket", async () => {
    const { status } = await post(POST, PATH, { threadId: "f".repeat(24) }, headersOf("maya"));
    expect(status).toBe(404);
  });

  test("does not undo a newer claim if a request is retried with its Idempotency-Key", async () => {
    const { id } = await claimedBy("priya");
    const headers = { ...headersOf("priya"), "idempotency-key": "click-1" };
    await post(POST, PATH, { threadId: id }, headers);
    await post(claim, "/api/emails/claim", { threadId: id }, headersOf("priya"));
    expect(await post(POST, PATH, { threadId: id }, headers)).toMatchObject({ status: 200, body: UNCLAIMED });
    expect((await storedThread(id)).assignedTo).toBe(team.priya.id);
  });
});
