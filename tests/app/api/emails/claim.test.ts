import { beforeAll, describe, expect, test } from "vitest";
import { POST } from "@/app/api/emails/claim/route";
import { POST as unclaim } from "@/app/api/emails/unclaim/route";
import { createLegacyThread, createThread, storedThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

const PATH = "/api/emails/claim";

describe.each(IDENTITIES)("POST /api/emails/claim with $how sessions", ({ use, team, headersOf }) => {
  beforeAll(use);

  test("answers with the assignee as stored, and with no other field", async () => {
    const thread = await createThread();
    const { status, body } = await post(POST, PATH, { threadId: thread.id }, headersOf("priya"));
    const stored = await storedThread(thread.id);
    expect(status).toBe(200);
    expect(body).toStrictEqual({
      success: true,
      assignedTo: team.priya.id,
      assignedToEmail: team.priya.email,
      assignedToName: "Priya Nair",
      claimedAt: stored.claimedAt?.toISOString(),
    });
    expect(stored).toMatchObject({ assignedTo: team.priya.id, assignedToEmail: team.priya.email });
  });

  test("gives the assignee the same answer again", async () => {
    const thread = await createThread();
    const first = await post(POST, PATH, { threadId: thread.id }, headersOf("priya"));
    const again = await post(POST, PATH, { threadId: thread.id.toUpperCase() }, headersOf("priya"));
    expect(again).toMatchObject({ status: 200, body: first.body });
  });

  test("answers 409 to the second claimer, with the assignee and since when", async () => {
    const thread = await createThread();
    const first = await post(POST, PATH, { threadId: thread.id }, headersOf("priya"));
    const second = await post(POST, PATH, { threadId: thread.id }, headersOf("tomas"));
    expect(second.status).toBe(409);
    expect(second.body).toStrictEqual({
      error: "Priya Nair has already claimed this ticket.",
      reason: "already_claimed",
      assignedTo: team.priya.id,
      assignedToEmail: team.priya.email,
      assignedToName: "Priya Nair",
      claimedAt: first.body?.claimedAt,
    });
  });

  test("refuses a claim of a page that was made for somebody else than who asks", async () => {
    const thread = await createThread();
    const headers = { ...headersOf("priya"), "x-desk-member": team.tomas.id };
    expect(await post(POST, PATH, { threadId: thread.id }, headers)).toMatchObject({
      status: 409,
      body: { reason: "other_member" },
    });
    expect((await storedThread(thread.id)).assignedTo).toBeNull();
  });

  test("gives the ticket to exactly one of two simultaneous claimers", async () => {
    const thread = await createThread();
    const answers = await Promise.all(
      (["priya", "tomas"] as const).map((name) => post(POST, PATH, { threadId: thread.id }, headersOf(name))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test("claims a thread stored before the assignment fields existed", async () => {
    const { id } = await createLegacyThread();
    expect((await post(POST, PATH, { threadId: id }, headersOf("priya"))).status).toBe(200);
    expect(await storedThread(id)).toMatchObject({ assignedTo: team.priya.id });
  });

  test("answers 404 if there is no such ticket", async () => {
    const { status, body } = await post(POST, PATH, { threadId: "f".repeat(24) }, headersOf("priya"));
    expect({ status, body }).toMatchObject({ status: 404, body: { reason: "not_found" } });
  });

  test("answers a retry with the same Idempotency-Key as before, even after an unclaim", async () => {
    const thread = await createThread();
    const headers = { ...headersOf("priya"), "idempotency-key": "click-1" };
    const first = await post(POST, PATH, { threadId: thread.id }, headers);
    await post(unclaim, "/api/emails/unclaim", { threadId: thread.id }, headersOf("maya"));
    expect(await post(POST, PATH, { threadId: thread.id }, headers)).toMatchObject({
      status: 200,
      body: first.body,
    });
    expect((await storedThread(thread.id)).assignedTo).toBeNull();
  });

  test("treats the same Idempotency-Key of two members as two keys", async () => {
    const thread = await createThread();
    const withKey = (name: "priya" | "tomas") => ({ ...headersOf(name), "idempotency-key": "click-1" });
    await post(POST, PATH, { threadId: thread.id }, withKey("priya"));
    await post(unclaim, "/api/emails/unclaim", { threadId: thread.id }, headersOf("priya"));
    expect((await post(POST, PATH, { threadId: thread.id }, withKey("tomas"))).body).toMatchObject({
      assignedTo: team.tomas.id,
    });
    expect((await storedThread(thread.id)).assignedTo).toBe(team.tomas.id);
  });

  test.each(["", " ", "a b", "ключ", "k".repeat(201)])(
    "answers 400 to %j as an Idempotency-Key",
    async (key) => {
      const thread = await createThread();
      const headers = { ...headersOf("priya"), "idempotency-key": Buffer.from(key).toString("latin1") };
      expect(await post(POST, PATH, { threadId: thread.id }, headers)).toMatchObject({ status: 400 });
      expect((await storedThread(thread.id)).assignedTo).toBeNull();
    },
  );
});
