import { beforeEach, describe, expect, test } from "vitest";
import { DeskAddresses, readDesk } from "@/lib/conversation/desk";
import { Desk, type StoredDesk } from "@/models/DeskModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { aliasId } from "@/lib/mail/message-id";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import { commandsOf } from "@/tests/support/database/commands";
import { deliver, rawMail } from "@/tests/support/factories/inbound-mails";
import { createMail } from "@/tests/support/factories/mails";
import { createLegacyThread, createThread } from "@/tests/support/factories/threads";
import { setEnv } from "@/tests/support/routes/identities";

beforeEach(async () => {
  await Promise.all([Desk.deleteMany({}), EmailThread.deleteMany({}), InboundEmail.deleteMany({})]);
  setEnv({ SUPPORT_ADDRESS: "support@desk.example" });
});

const storedRow = () => Desk.findById("desk").orFail().lean<StoredDesk>();
const desk = (...addresses: string[]) => new DeskAddresses({ key: "inbox", olderKeys: [], addresses });

describe("the desk's key", () => {
  test("is the support address of its first start", async () => {
    setEnv({ SUPPORT_ADDRESS: "Support@Desk.example" });

    expect((await readDesk()).keys).toEqual(["support@desk.example"]);
  });

  test("stays when the support address changes, and both addresses are the desk's from then on", async () => {
    await readDesk();
    setEnv({ SUPPORT_ADDRESS: "help@new.example" });

    for (const changed of [await readDesk(), await readDesk()]) {
      expect(changed.keys).toEqual(["support@desk.example"]);
      expect(changed.today).toBe("help@new.example");
      expect(changed.isOwn("support@desk.example")).toBe(true);
      expect(changed.isOwn("help@new.example")).toBe(true);
    }
    expect((await storedRow()).addresses).toEqual(["support@desk.example", "help@new.example"]);
  });

  test("stays when the first support address comes after mail has been received without one", async () => {
    setEnv({ SUPPORT_ADDRESS: undefined });
    const before = await readDesk();
    expect(before.today).toBeNull();
    expect(before.isOwn("inbox")).toBe(false);
    setEnv({ SUPPORT_ADDRESS: "support@desk.example" });

    expect(before.keys).toEqual(["inbox"]);
    expect((await readDesk()).keys).toEqual(["inbox"]);
    expect((await storedRow()).addresses).toEqual(["support@desk.example"]);
  });

  test("is that of the oldest ticket of a database which knew several, and the others are still looked up", async () => {
    const at = (day: number) => ({ receivedAt: new Date(Date.UTC(2026, 0, day)) });
    await createThread({ inbox: "second@desk.example", ...at(2) });
    await createThread({ inbox: "first@desk.example", ...at(1) });
    await createLegacyThread();

    const found = await readDesk();

    expect(found.keys).toEqual(["first@desk.example", "second@desk.example"]);
    expect(["first", "second", "support"].map((name) => found.isOwn(`${name}@desk.example`))).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("is that of the mails in the ledger if there is no ticket yet", async () => {
    await deliver(rawMail());
    await Promise.all([EmailThread.deleteMany({}), Desk.deleteMany({})]);
    setEnv({ SUPPORT_ADDRESS: "help@new.example" });

    expect((await readDesk()).key).toBe("support@desk.example");
  });

  test("is one key when many processes start at once, with two support addresses among them", async () => {
    const starts = Array.from({ length: 20 }, (_, index) => {
      setEnv({ SUPPORT_ADDRESS: index % 2 === 0 ? "support@desk.example" : "help@new.example" });
      return readDesk();
    });

    const keys = new Set((await Promise.all(starts)).map(({ key }) => key));

    expect(keys.size).toBe(1);
    expect((await storedRow()).addresses.toSorted()).toEqual(["help@new.example", "support@desk.example"]);
  });

  test("finds the ticket of a mail that was stored under an older key", async () => {
    await createThread({ inbox: "first@desk.example", receivedAt: new Date(0) });
    const thread = await createThread({ inbox: "second@desk.example" });
    const mail = await createMail(thread);
    await ThreadAlias.create({
      _id: aliasId("second@desk.example", mail.rfcMessageId ?? ""),
      threadId: thread._id,
      at: new Date(),
    });

    const answer = await deliver(rawMail({ header: { "In-Reply-To": mail.rfcMessageId } }));

    expect(answer.threadId).toBe(thread.id);
  });
});

test("reading the desk's addresses is one read by id", async () => {
  await readDesk();

  const sent = await commandsOf(() => readDesk());

  expect(sent).toEqual([
    expect.objectContaining({ name: "find", collection: Desk.collection.collectionName }),
  ]);
});

describe("an address", () => {
  test.each([
    "support@desk.example",
    "SUPPORT@Desk.Example",
    "support+sales@desk.example",
    "Support+a+b@desk.example",
    "support@desk.example.",
    "support+x@desk.example.",
    "hilfe@büro.example",
    "HILFE@BÜRO.example",
    "hilfe@xn--bro-hoa.example",
    "hilfe+1@bu\u0308ro.example",
  ])("is the desk's own: %s", (address) => {
    expect(desk("support@desk.example", "hilfe@xn--bro-hoa.example").isOwn(address)).toBe(true);
  });

  test.each([
    "",
    "support",
    "@desk.example",
    "support@other.example",
    "xsupport@desk.example",
    "supporter@desk.example",
    "support-x@desk.example",
    "support+x@sub.desk.example",
    "support+x@other.example",
    "support+x@y@other.example",
    "x@support@desk.example",
  ])("is somebody else's: %s", (address) => {
    expect(desk("support@desk.example").isOwn(address)).toBe(false);
  });

  test("with a tag is the desk's address without it", () => {
    expect(desk("a@desk.example", "b@desk.example").ownAddress("B+7@desk.example")).toBe("b@desk.example");
  });

  test("of the desk that has a tag itself is own only with that tag", () => {
    const tagged = desk("support+eu@desk.example");

    expect(tagged.isOwn("support+eu@desk.example")).toBe(true);
    expect(tagged.isOwn("support+eu+7@desk.example")).toBe(true);
    expect(tagged.isOwn("support@desk.example")).toBe(false);
  });
});
