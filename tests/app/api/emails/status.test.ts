import { beforeAll, describe, expect, test } from "vitest";
import { POST as claim } from "@/app/api/emails/claim/route";
import { POST } from "@/app/api/emails/status/route";
import { TICKET_STATUSES } from "@/lib/api/vocabulary";
import { createLegacyThread, createThread, storedThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

const PATH = "/api/emails/status";

describe.each(IDENTITIES)("POST /api/emails/status with $how sessions", ({ use, team, headersOf }) => {
  beforeAll(use);

  test.each(TICKET_STATUSES)("lets the assignee set %s", async (status) => {
    const thread = await createThread({ status: status === "open" ? "resolved" : "open" });
    await post(claim, "/api/emails/claim", { threadId: thread.id }, headersOf("priya"));
    const answer = await post(POST, PATH, { threadId: thread.id, status }, headersOf("priya"));
    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, ticket: { _id: thread.id, status, assignedTo: team.priya.id } },
    });
    expect((await storedThread(thread.id)).status).toBe(status);
  });

  test("claims an unassigned ticket", async () => {
    const thread = await createThread();
    const legacy = await createLegacyThread();
    for (const { id } of [thread, legacy]) {
      await post(POST, PATH, { threadId: id, status: "resolved" }, headersOf("priya"));
      expect(await storedThread(id)).toMatchObject({ assignedTo: team.priya.id, status: "resolved" });
    }
  });

  test("answers 409 with the assignee if somebody else holds the ticket", async () => {
    const thread = await createThread();
    await post(claim, "/api/emails/claim", { threadId: thread.id }, headersOf("priya"));
    const answer = await post(POST, PATH, { threadId: thread.id, status: "resolved" }, headersOf("maya"));
    expect(answer).toMatchObject({
      status: 409,
      body: { reason: "already_claimed", assignedTo: team.priya.id, claimedAt: expect.any(String) },
    });
    expect((await storedThread(thread.id)).status).toBe("open");
  });

  test("answers 404 if there is no such ticket", async () => {
    const answer = await post(POST, PATH, { threadId: "f".repeat(24), status: "open" }, headersOf("priya"));
    expect(answer).toMatchObject({ status: 404, body: { reason: "not_found" } });
  });

  test.each(["closed", "", null, 1, { $ne: "open" }, ["open"]])(
    "answers 400 with the field's path to %j as status",
    async (status) => {
      const { id } = await createThread();
      const answer = await post(POST, PATH, { threadId: id, status }, headersOf("priya"));
      expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: "status" }] } });
      expect(await storedThread(id)).toMatchObject({ assignedTo: null, revision: 1 });
    },
  );
});
