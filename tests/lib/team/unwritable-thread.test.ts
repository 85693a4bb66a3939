import { beforeEach, expect, test } from "vitest";
import { releaseStep } from "@/lib/team/release-tickets";
import { removeMember } from "@/lib/team/remove-member";
import { DeadLetter } from "@/models/DeadLetterModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { createMember } from "@/tests/support/factories/members";
import { createThread, storedThread } from "@/tests/support/factories/threads";

beforeEach(async () => {
  await Member.deleteMany({});
  await EmailThread.deleteMany({});
});

const held = (id: string) => ({ assignedTo: id, status: "open" as const, claimedAt: new Date() });

test("tickets that cannot be written keep no other ticket of a removed member assigned", async () => {
  const [priya, jonas] = [await createMember("Priya Nair"), await createMember("Jonas Weber")];
  for (let count = 0; count < 51; count += 1) await createThread(held(priya.id));
  await EmailThread.collection.updateMany({}, { $set: { history: "no list" } });
  const [own, others] = [await createThread(held(priya.id)), await createThread(held(jonas.id))];
  for (const { id } of [priya, jonas]) await removeMember(id, null, "account_deleted");
  for (let minute = 0; minute < 6; minute += 1) {
    const now = new Date(Date.now() + minute * 61_000);
    for (let step = 0; step < 4; step += 1) await releaseStep(now);
  }
  for (const { id } of [own, others]) expect(await storedThread(id)).toMatchObject({ assignedTo: null });

  for (let hour = 1; hour < 24; hour += 1) await releaseStep(new Date(Date.now() + hour * 3_600_000));
  expect(await DeadLetter.find().lean()).toMatchObject([{ queue: "release", rowId: priya.id, attempts: 10 }]);
});
