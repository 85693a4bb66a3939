import { beforeAll, describe, expect, test } from "vitest";
import { GET } from "@/app/api/emails/messages/[messageId]/text/route";
import { createMail } from "@/tests/support/factories/mails";
import { createThread } from "@/tests/support/factories/threads";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

beforeAll(demoIdentity.use);

const read = (messageId: string) =>
  call(GET, "/text", { headers: demoIdentity.headersOf("priya"), params: { messageId } });

describe("GET /api/emails/messages/ID/text", () => {
  test("answers the whole text of a message, and its visible part if that is not all", async () => {
    const text = `Thank you!\n${"> quoted\n".repeat(100_000)}`;
    const thread = await createThread();
    const folded = await createMail(thread, { text, visibleText: "Thank you!" });
    const plain = await createMail(thread, { text, visibleText: text });
    expect(await read(folded._id)).toMatchObject({ status: 200, body: { text, visibleText: "Thank you!" } });
    expect((await read(plain._id)).body).toEqual({ text, visibleText: "" });
  });

  test.each([
    ["an unknown message", "0".repeat(64), 404, "not_found"],
    ["an invalid id", "../../etc", 400, "invalid_request"],
  ])("refuses %s", async (_, messageId, status, reason) => {
    expect(await read(messageId)).toMatchObject({ status, body: { reason } });
  });
});
