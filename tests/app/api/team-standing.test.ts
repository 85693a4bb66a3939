import { beforeAll, describe, expect, test } from "vitest";
import { POST as remove } from "@/app/api/team/remove/route";
import { POST as restore } from "@/app/api/team/restore/route";
import { GET as team } from "@/app/api/team/route";
import { releaseStep } from "@/lib/team/release-tickets";
import { claimTicket } from "@/lib/tickets/claim";
import { AuditEvent } from "@/models/AuditEventModel";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";
import { createThread, storedThread } from "@/tests/support/factories/threads";

describe.each(IDENTITIES)("with $how sessions", ({ use, headersOf, team: people }) => {
  beforeAll(async () => {
    use();
    for (const name of ["maya", "priya", "tomas"] as const) await read(name);
  });

  const read = (name: "maya" | "priya" | "tomas") => call(team, "/api/team", { headers: headersOf(name) });
  const asks = (route: typeof remove, memberId: string, name: "maya" | "priya" = "maya") =>
    post(route, "/api/team/remove", { memberId }, headersOf(name));

  test("a removed member is refused at once, and their tickets become unassigned", async () => {
    const { maya, priya } = people;
    const thread = await createThread();
    await claimTicket(thread.id, priya);
    expect(await asks(remove, priya.id)).toMatchObject({
      status: 200,
      body: { success: true, memberId: priya.id },
    });
    expect(await read("priya")).toMatchObject({ status: 403, body: { reason: "not_on_team" } });
    const { body } = await read("maya");
    expect(body?.members).not.toContainEqual(expect.objectContaining({ id: priya.id }));

    while ((await releaseStep(new Date())).worked);
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null });
    expect((await storedThread(thread.id)).history?.at(-1)).toMatchObject({
      by: { id: maya.id },
      reason: "removed",
    });
  });

  test("an admin lets them in again at once", async () => {
    expect((await asks(restore, people.priya.id)).status).toBe(200);
    expect((await read("priya")).status).toBe(200);
    const audit = await AuditEvent.find({ subject: people.priya.id }).sort({ at: 1 }).lean();
    expect(audit).toMatchObject([
      { action: "member_removed", by: { id: people.maya.id } },
      { action: "member_restored", by: { id: people.maya.id } },
    ]);
  });

  test("a member may do neither, and nobody removes themselves", async () => {
    for (const route of [remove, restore]) {
      expect(await asks(route, people.tomas.id, "priya")).toMatchObject({
        status: 403,
        body: { reason: "forbidden" },
      });
    }
    expect(await asks(remove, people.maya.id)).toMatchObject({
      status: 409,
      body: { reason: "own_removal", error: expect.stringContaining("another admin") },
    });
    expect((await read("tomas")).status).toBe(200);
    expect((await read("maya")).status).toBe(200);
  });

  test("an unknown member is not found", async () => {
    for (const route of [remove, restore]) {
      expect(await asks(route, "user_nobody")).toMatchObject({
        status: 404,
        body: { reason: "no_such_member" },
      });
    }
  });
});
