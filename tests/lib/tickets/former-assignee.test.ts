import { beforeEach, expect, test } from "vitest";
import type { TeamMember } from "@/lib/api/vocabulary";
import { Member } from "@/models/MemberModel";
import { answer, comesBack, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { deliverAll } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const server = await faultySmtpForFile();
beforeEach(() => server.behave());

/** A ticket that was answered and resolved in one by somebody who is on the team no more. */
async function resolvedByFormer(gone: TeamMember, deliver: () => Promise<unknown>) {
  const { id } = await ticketByMail();
  const reply = await answer(id, { status: "resolved", by: gone });
  const { id: _id, email, name } = gone;
  await Member.create({ _id, email, name, role: "member", lastSeenAt: new Date(), removedAt: new Date() });
  await deliver();
  return { id, reply };
}

test("a ticket whose reply comes back is unassigned if its assignee left the team, so that somebody sees it", async () => {
  const { id, reply } = await resolvedByFormer(member("Gone Person"), () => deliverAll());
  await comesBack(reply);
  const thread = await storedThread(id);
  expect(thread).toMatchObject({ assignedTo: null, status: "open", attention: { kind: "came_back" } });
  expect(thread.history?.at(-1)).toMatchObject({ kind: "came_back", assignee: { name: "Gone Person" } });
});

test("a ticket whose reply is refused is unassigned if its assignee left the team", async () => {
  const { id } = await resolvedByFormer(member("Former Person"), async () => {
    server.behave({ at: "rcpt", do: "answer", line: "550 5.1.1 No such user" });
    await deliverAll();
  });
  expect(await storedThread(id)).toMatchObject({
    assignedTo: null,
    status: "open",
    attention: { kind: "failed" },
  });
});
