import { expect, test } from "vitest";
import { deliver, rawMail } from "@/tests/support/factories/inbound-mails";
import { demoIdentity } from "@/tests/support/routes/identities";

test("a mail with a member's address and no proof keeps whom it claims to be from, and is nobody's of the team", async () => {
  const { priya } = demoIdentity.team;
  const { message } = await deliver(rawMail({ header: { From: `Mallory <${priya.email}>` } }));
  expect(message).toMatchObject({
    verification: "not_verified",
    fromName: "Mallory",
    authorId: null,
    authorEmail: null,
    authorName: priya.name,
  });
});

test("a mail of anybody else claims to be from nobody", async () => {
  const { message } = await deliver(rawMail());
  expect(message).toMatchObject({ verification: "unchecked", authorId: null, authorName: null });
});
