import { describe, expect, test } from "vitest";
import { PARTICIPANTS_MAX } from "@/lib/api/contracts";
import { DeskAddresses } from "@/lib/conversation/desk";
import { peopleFromMails, type OldMail } from "@/lib/conversation/old-threads";
import { recipientsOf, type People } from "@/lib/conversation/people";
import { readConversation } from "@/lib/conversation/recipients";
import { createMail, createTicket } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";

const DESK = new DeskAddresses({
  key: "help@old.example",
  olderKeys: [],
  addresses: ["help@old.example", "support@desk.example"],
});
const SUPPORT = "support@desk.example";
const ANN = "ann@customer.example";
const BEN = "ben@customer.example";

let made = 0;

function mail(overrides: Partial<OldMail> = {}): OldMail {
  made += 1;
  return {
    _id: `${made}`,
    direction: "inbound",
    automatic: false,
    from: ANN,
    fromName: null,
    replyTo: null,
    to: [SUPPORT],
    cc: [],
    at: new Date(made),
    ...overrides,
  };
}

function reply(overrides: Partial<OldMail> = {}): OldMail {
  return mail({ direction: "outbound", from: SUPPORT, to: [ANN], ...overrides });
}

function thread(address = ANN, name: string | null = "Ann"): People {
  const key = address.toLowerCase();
  const own = { key, address, name, role: "customer" as const, at: new Date(0) };
  return { customer: { address, name }, participants: [own], newcomers: [], replyTo: [] };
}

function read(mails: OldMail[], people = thread()) {
  const found = peopleFromMails(people, mails, DESK);
  return {
    ...recipientsOf(found, DESK),
    customer: found.customer,
    replyTo: found.replyTo,
    roles: found.participants.map(({ address, role }) => `${address} ${role}`),
    newcomers: found.newcomers.map(({ address, why }) => `${address} ${why}`),
    found,
  };
}

describe("the people of an older thread", () => {
  test("are its customer alone if no mail is stored", () => {
    expect(read([])).toMatchObject({ to: [ANN], cc: [], roles: [`${ANN} customer`], newcomers: [] });
  });

  test("are those whom the customer's mails were addressed to, each once", () => {
    const first = mail({ to: [SUPPORT, BEN], cc: ["cleo@customer.example", "BEN@customer.example"] });

    expect(read([first, mail({ cc: [BEN, "dan@customer.example"] })])).toMatchObject({
      to: [ANN],
      cc: [BEN, "cleo@customer.example", "dan@customer.example"],
      roles: [
        `${ANN} customer`,
        `${BEN} copied`,
        "cleo@customer.example copied",
        "dan@customer.example copied",
      ],
    });
  });

  test("have the name under which they wrote themselves", () => {
    const { found } = read([mail({ cc: [BEN] }), mail({ from: BEN, fromName: "Ben" })]);

    expect(found.participants[1]).toMatchObject({ address: BEN, name: "Ben" });
  });

  test("stay the same when a copied person answers", () => {
    expect(read([mail({ cc: [BEN] }), mail({ from: BEN, to: [ANN, SUPPORT] })])).toMatchObject({
      to: [ANN],
      cc: [BEN],
      newcomers: [],
    });
  });

  test("include those whom our replies were addressed to", () => {
    expect(read([mail(), mail({ from: BEN }), reply({ to: [BEN] })])).toMatchObject({
      to: [ANN],
      cc: [BEN],
      newcomers: [],
    });
  });

  test("never include the desk, by its earlier addresses and tags either", () => {
    const own = ["Help@old.example", "support+sales@desk.example", SUPPORT];

    expect(read([mail({ to: own, cc: own }), reply({ cc: own })])).toMatchObject({
      cc: [],
      roles: [`${ANN} customer`],
      newcomers: [],
    });
  });

  test("do not include a stranger who wrote, who is offered, nor whom the stranger copied", () => {
    const strange = mail({ from: "eve@other.example", fromName: "Eve", cc: ["fay@other.example", BEN] });

    const { found, ...shown } = read([mail({ cc: [BEN] }), strange]);

    expect(shown).toMatchObject({
      to: [ANN],
      cc: [BEN],
      newcomers: ["eve@other.example wrote"],
    });
    expect(found.newcomers[0]).toMatchObject({ name: "Eve", messageId: strange._id, at: strange.at });
  });

  test("do not include whom a copied person copied, who is offered", () => {
    const answer = mail({ from: BEN, to: [ANN, SUPPORT], cc: ["fay@other.example"] });

    expect(read([mail({ cc: [BEN] }), answer])).toMatchObject({
      cc: [BEN],
      newcomers: ["fay@other.example copied"],
    });
  });

  test("include a stranger whom the customer copied later", () => {
    expect(read([mail(), mail({ from: BEN }), mail({ cc: [BEN] })])).toMatchObject({
      cc: [BEN],
      newcomers: [],
    });
  });

  test("are not taken from automatic answers and delivery reports", () => {
    const bounce = mail({ automatic: true, from: "mailer-daemon@mx.example", cc: ["log@mx.example"] });

    expect(read([mail(), bounce])).toMatchObject({ cc: [], newcomers: [] });
  });

  test("are at most fifty, and at most fifty are offered", () => {
    const crowd = Array.from({ length: 80 }, (_, index) => `person${index}@customer.example`);

    const { found } = read([mail({ cc: crowd }), mail({ from: "eve@other.example", cc: ["x@y.example"] })]);

    expect(found.participants).toHaveLength(PARTICIPANTS_MAX);
    expect(found.participants[0]?.role).toBe("customer");
    expect(found.newcomers.length).toBeLessThanOrEqual(PARTICIPANTS_MAX);
  });
});

describe("the customer of an older thread", () => {
  test.each(["no-reply@shop.example", "DoNotReply@shop.example", "noreply+form7@shop.example", SUPPORT])(
    "is the person in Reply-To if the opening mail came from %s",
    (form) => {
      const opening = mail({ from: form, fromName: "Website", replyTo: ANN });

      expect(read([opening], thread(form, "Website"))).toMatchObject({
        customer: { address: ANN, name: null },
        to: [ANN],
        cc: [],
        replyTo: [],
        roles: [`${ANN} customer`],
        newcomers: [],
      });
    },
  );

  test("is the person in Reply-To if a list put its own address into From", () => {
    const opening = mail({ from: "help@lists.example", fromName: "'Ann' via Help", replyTo: ANN });

    expect(read([opening], thread("help@lists.example", "'Ann' via Help"))).toMatchObject({
      to: [ANN],
      cc: [],
    });
  });

  test.each([null, "support+form@desk.example", "noreply@shop.example"])(
    "stays the sender if a no-reply address asks for answers to %s",
    (replyTo) => {
      const opening = mail({ from: "no-reply@shop.example", replyTo });

      expect(read([opening], thread("no-reply@shop.example")).customer.address).toBe("no-reply@shop.example");
    },
  );

  test("stays as it is when a later mail comes from somebody else", () => {
    expect(read([mail(), mail({ from: SUPPORT, replyTo: BEN })])).toMatchObject({
      to: [ANN],
      cc: [],
      newcomers: [`${BEN} wrote`],
    });
  });

  test("is nobody to be answered if the desk wrote the opening mail itself", () => {
    const opening = mail({ from: SUPPORT, to: [BEN] });

    expect(read([opening], thread(SUPPORT))).toMatchObject({
      to: [],
      cc: [],
      roles: [],
      newcomers: [`${BEN} copied`],
    });
  });
});

describe("the address where the customer of an older thread is answered", () => {
  test("is the opening mail's Reply-To", () => {
    expect(read([mail({ replyTo: "office@customer.example" })])).toMatchObject({
      customer: { address: ANN, name: "Ann" },
      to: ["office@customer.example"],
      cc: [],
      replyTo: ["office@customer.example"],
    });
  });

  test.each([
    ["the desk", SUPPORT, []],
    ["the customer", "Ann@Customer.example", []],
    ["a no-reply address", "no-reply@customer.example", []],
    ["a list that the mail was sent to", "list@lists.example", ["list@lists.example"]],
  ])("is the customer's own if Reply-To is %s", (_, replyTo, cc) => {
    expect(read([mail({ replyTo, cc })])).toMatchObject({ to: [ANN], cc, replyTo: [] });
  });

  test("is not a later mail's Reply-To, since anybody can write one", () => {
    expect(read([mail(), mail({ replyTo: "eve@other.example" })])).toMatchObject({ to: [ANN], cc: [] });
  });
});

describe("an older thread as it is read", () => {
  test("has the people of its stored mails, and writes nothing", async () => {
    const { thread, mail } = await createTicket({ from: ANN });
    await createMail(thread, { cc: [BEN], at: new Date(mail.at.getTime() + 1) });

    const conversation = await readConversation(await storedThread(thread.id));

    expect(conversation.recipients).toEqual({ to: [ANN], cc: [BEN] });
    expect(conversation.participants[0]?.name).toBe(thread.fromName);
    expect(await storedThread(thread.id)).not.toHaveProperty("participants");
  });

  test("leaves out whom a reply that was undone was addressed to", async () => {
    const { thread } = await createTicket({ from: ANN });
    await createMail(thread, {
      direction: "outbound",
      from: SUPPORT,
      to: [ANN],
      cc: [BEN],
      state: "cancelled",
    });

    expect((await readConversation(await storedThread(thread.id))).recipients.cc).toEqual([]);
  });

  test("keeps its stored people once it has them", async () => {
    const at = new Date(0);
    const own = { key: ANN, address: ANN, name: null, role: "customer" as const, at };
    const { thread } = await createTicket({ from: ANN, participants: [own] });
    await createMail(thread, { cc: [BEN] });

    expect((await readConversation(await storedThread(thread.id))).recipients.cc).toEqual([]);
  });
});
