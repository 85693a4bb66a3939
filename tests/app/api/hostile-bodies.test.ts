import { beforeAll, describe, expect, test } from "vitest";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call, type Answer } from "@/tests/support/routes/requests";
import { callerOf, MISSING, send as sendTo, WITH_BODY, type Ids } from "@/tests/support/routes/route-shapes";
import { handlerOf, READS } from "@/tests/support/routes/route-table";
import { createThread, storedThread } from "@/tests/support/factories/threads";

const WRONG_VALUES: unknown[] = [
  ...[null, true, -1, 1e308, "", [], {}, [[]], { $ne: null }, { $gt: "" }, { $regex: ".*" }, { $where: "1" }],
  ...[["x"], { toString: 1 }, { length: 24 }, { $oid: "f".repeat(24) }, "\u0000", "x".repeat(200_000)],
];

const EXTRA_KEYS: Record<string, unknown>[] = [
  ...[
    "role",
    "member",
    "assignedToName",
    "assignedToEmail",
    "claimedAt",
    "revision",
    "history",
    "_id",
    "now",
    "op",
  ].map((key) => ({ [key]: "admin" })),
  ...["$set", "$where", "$expr", "constructor", "prototype", "hasOwnProperty", "a.b", "history.0.op", ""].map(
    (key) => ({ [key]: { role: "admin" } }),
  ),
];

const nested = (depth: number, open = "[", close = "]") => `${open.repeat(depth)}1${close.repeat(depth)}`;

describe.each(WITH_BODY)("$key", ({ key, body }) => {
  let ids: Ids;
  beforeAll(async () => {
    demoIdentity.use();
    const { id } = await createThread();
    ids = { ...MISSING, threadId: id };
  });

  const send = async (content: unknown): Promise<number> => (await answerTo(content)).status;

  async function answerTo(content: unknown): Promise<Answer> {
    const [method, path = ""] = key.split(" ");
    return call(handlerOf(key), path, {
      method,
      body: content,
      headers: demoIdentity.headersOf(callerOf(key)),
    });
  }

  test("refuses a value of another type in each of its fields", async () => {
    const right = body(ids);
    for (const field of Object.keys(right)) {
      for (const value of WRONG_VALUES) {
        // Fields that take any text, and those that may be null.
        if (field === "text" && typeof value === "string" && /[^\s\0]/.test(value) && value.length < 100_000)
          continue;
        if (/^(text|reason)$/.test(field) && value === "\u0000") continue;
        if (/^(lastSeenMessageId|expectedAssignedTo)$/.test(field) && value === null) continue;
        if (/^(dryRun|mailOnHandover)$/.test(field) && value === true) continue;
        // A list of text has the right shape; the rule refuses it.
        const isNoAddress = field === "add" && JSON.stringify(value) === '["x"]';
        expect(
          await send({ ...right, [field]: value }),
          `${field}: ${JSON.stringify(value).slice(0, 40)}`,
        ).toBe(isNoAddress ? 422 : 400);
      }
    }
    expect(await storedThread(ids.threadId)).toMatchObject({ revision: 1 });
  });

  test.each(EXTRA_KEYS)("refuses an unknown field: %j", async (extra) => {
    expect(await send({ ...body(ids), ...extra })).toBe(400);
    expect(await storedThread(ids.threadId)).toMatchObject({ revision: 1 });
  });

  test("refuses __proto__, and changes no prototype", async () => {
    const right = JSON.stringify(body(ids));
    for (const key of ["__proto__", "\\u005f_proto__"]) {
      expect(await send(right.replace("{", `{"${key}": {"isAdmin": true, "role": "admin"}, `))).toBe(400);
    }
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
    expect(await storedThread(ids.threadId)).toMatchObject({ revision: 1 });
  });

  test.each([9, 10_000, 490_000])("refuses a body nested %i deep, at once", async (depth) => {
    const started = performance.now();
    // The text is refused before it is parsed; the schema would refuse it later.
    const refusal = { status: 400, body: { error: expect.stringContaining("nested too deep") } };
    expect(await answerTo(nested(depth))).toMatchObject(refusal);
    expect(await send(nested(Math.min(depth, 150_000), '{"a":', "}"))).toBe(400);
    expect(await send('\\"'.repeat(depth))).toBe(400);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("an address", () => {
  test.each(READS)("of %s takes no parameter it does not know", async (key) => {
    for (const query of ["?anything=1", "?$where=1", "?__proto__=1", "?constructor[role]=admin"]) {
      const answer = await sendTo(key, demoIdentity.headersOf(callerOf(key)), MISSING, query);
      const error = expect.stringMatching(/^Nothing here is named ".+"\.$/);
      expect(answer, query).toMatchObject({ status: 400, body: { reason: "invalid_request", error } });
    }
  });
});
