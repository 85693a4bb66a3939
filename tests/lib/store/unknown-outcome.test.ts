import { readFile } from "node:fs/promises";
import mongoose from "mongoose";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { POST } from "@/app/api/emails/claim/route";
import { isOutcomeUnknown } from "@/lib/store/unknown-outcome";
import { replyToTicket } from "@/lib/tickets/reply";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailThread } from "@/models/EmailThreadModel";
import { createTicket, storedReplies } from "@/tests/support/factories/mails";
import { createThread, member, storedThread } from "@/tests/support/factories/threads";
import { CUTS, cutCommands, systemError } from "@/tests/support/database/socket-faults";
import { demoIdentity } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

const CODES = [
  ...["EPIPE", "ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "ETIMEDOUT", "EHOSTUNREACH", "EHOSTDOWN"],
  ...["ENETDOWN", "ENETUNREACH", "ENOTCONN", "EADDRNOTAVAIL", "EMFILE", "ENOBUFS", "ENOMEM", "EPROTO", "EIO"],
  ...["EBADF", "ECANCELED", "EAI_AGAIN", "ENOTFOUND", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"],
];
const PATH = "/api/emails/claim";
const priya = member("Priya Nair");

let faults: ReturnType<typeof cutCommands> | null = null;
const cutting = (...given: Parameters<typeof cutCommands>) => (faults = cutCommands(...given));

beforeAll(demoIdentity.use);
afterEach(() => faults?.stop());

const claimsOf = async (id: string) =>
  (await storedThread(id)).history?.filter(({ kind }) => kind === "claimed").length;

describe.each(CUTS)("a claim whose command is cut off: %s", (at) => {
  test.each(CODES)("by %s succeeds and is stored once", async (code) => {
    const thread = await createThread();
    const command = { command: "findAndModify", collection: "emailthreads", at };
    const { struck } = cutting({ ...command, error: () => systemError(code) });
    const answer = await post(POST, PATH, { threadId: thread.id }, demoIdentity.headersOf("priya"));
    expect(struck()).toBe(1);
    expect(answer.status).toBe(200);
    expect(await claimsOf(thread.id)).toBe(1);
  });
});

test("a claim whose every attempt finds a closed socket answers 503, and succeeds when it is repeated", async () => {
  const thread = await createThread();
  const command = { command: "findAndModify", collection: "emailthreads", times: Infinity };
  // As Node reports it for a socket that the server has closed: without the name of a system call.
  const { struck } = cutting({ ...command, at: "unwritten", error: () => systemError("EPIPE", null) });
  const repeated = { ...demoIdentity.headersOf("priya"), "idempotency-key": "the-same-claim-again" };
  const answer = await post(POST, PATH, { threadId: thread.id }, repeated);
  expect(answer).toMatchObject({ status: 503, body: { reason: "unavailable" } });
  expect(struck()).toBeGreaterThan(2);
  expect(await claimsOf(thread.id)).toBe(0);

  faults?.stop();
  expect((await post(POST, PATH, { threadId: thread.id }, repeated)).status).toBe(200);
  expect(await claimsOf(thread.id)).toBe(1);
});

describe.each(CUTS)("a reply whose transaction is cut off: %s", (at) => {
  test.each(["findAndModify", "insert", "commitTransaction"])(
    "in %s is stored once, and its ticket can be changed at once",
    async (command) => {
      for (const error of [
        () => systemError("EPIPE", null),
        () => systemError("ECONNRESET", "read"),
        () => systemError("EHOSTUNREACH", "read"),
      ]) {
        const { thread, mail } = await createTicket();
        const { struck } = cutting({ command, at, error });
        const request = { threadId: thread.id, text: "Here you go.", lastSeenMessageId: mail._id };
        const reply = await replyToTicket(request, priya);
        expect(struck()).toBe(1);
        expect(reply).toMatchObject({ ok: true });
        expect(await storedReplies(thread)).toHaveLength(1);
        expect(await unclaimTicket(thread.id, priya)).toMatchObject({ ok: true });
        const stored = await storedThread(thread.id);
        expect(stored.history?.filter(({ kind }) => kind === "replied")).toHaveLength(1);
        faults?.stop();
      }
    },
  );
});

const thrownBy = (act: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(act)
    .then(
      () => Promise.reject(new Error("nothing was thrown")),
      (error: unknown) => error,
    );
const raw = () => EmailThread.collection;

describe("an error that is an answer", () => {
  test.each<[string, () => unknown]>([
    ["a duplicate key", async () => raw().insertOne({ _id: (await createThread())._id })],
    ["a command that the server does not know", () => mongoose.connection.db?.command({ nonsense: 1 })],
    [
      "a query stopped at its time limit",
      () => raw().findOne({ $where: "sleep(500) || true" }, { maxTimeMS: 1 }),
    ],
    ["a document that Mongoose refuses", () => EmailThread.create({ status: "nonsense" as "open" })],
    ["a filter that Mongoose refuses", () => EmailThread.findOne({ receivedAt: "nonsense" as never })],
    ["a document that is missing", () => EmailThread.findOne({ subject: "nobody's" }).orFail()],
    ["a mistake in our code", () => Reflect.get(null as never, "field")],
    ["a file of this machine that is missing", () => readFile("/nowhere")],
  ])("is not retried: %s", async (_, act) => {
    await createThread();
    expect(isOutcomeUnknown(await thrownBy(act))).toBe(false);
  });
});
