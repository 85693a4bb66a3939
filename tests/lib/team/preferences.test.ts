import { beforeEach, expect, test } from "vitest";
import { changePreferences, readPreferences } from "@/lib/team/preferences";
import { Member } from "@/models/MemberModel";
import { createMember, storedMember } from "@/tests/support/factories/members";
import { setEnv } from "@/tests/support/routes/identities";

beforeEach(async () => {
  await Member.deleteMany({});
  setEnv({ SMTP_URL: "smtp://localhost:2525", SUPPORT_ADDRESS: "support@desk.example" });
});

test("nobody is mailed about a hand-over who has not asked for it", async () => {
  const priya = await createMember("Priya");
  expect(await readPreferences(priya)).toEqual({ preferences: { mailOnHandover: false }, canMail: true });
});

test("a choice is the member's own, and stays until they choose otherwise", async () => {
  const [priya, tomas] = [await createMember("Priya"), await createMember("Tomas")];
  await changePreferences({ mailOnHandover: true }, priya);
  expect((await readPreferences(priya)).preferences).toEqual({ mailOnHandover: true });
  expect((await readPreferences(tomas)).preferences).toEqual({ mailOnHandover: false });
  await changePreferences({ mailOnHandover: false }, priya);
  expect((await storedMember(priya.id)).preferences).toEqual({ mailOnHandover: false });
});

test("says if the desk has no mail server to mail anybody with", async () => {
  const priya = await createMember("Priya");
  setEnv({ SMTP_URL: undefined });
  expect(await readPreferences(priya)).toMatchObject({ canMail: false });
  expect(await changePreferences({ mailOnHandover: true }, priya)).toEqual({
    preferences: { mailOnHandover: true },
    canMail: false,
  });
});
