import { beforeAll, describe, expect, test } from "vitest";
import { suggestPeople } from "@/lib/tickets/suggestions";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { profiled } from "@/tests/support/database/profiled";
import { createMember } from "@/tests/support/factories/members";
import { createMail } from "@/tests/support/factories/mails";
import { newcomer, participant, ticketWith } from "@/tests/support/factories/people";
import type { createThread } from "@/tests/support/factories/threads";

const suggested = async ({ id }: Awaited<ReturnType<typeof createThread>>) => {
  const outcome = await suggestPeople(id);
  return outcome.ok ? outcome.value : outcome.failure;
};
const addressesFor = async (thread: Awaited<ReturnType<typeof createThread>>) => {
  const people = await suggested(thread);
  return Array.isArray(people) ? people.map(({ address }) => address) : people;
};

describe("suggestPeople", () => {
  test("offers newcomers, then people of this ticket's mails, then those of the customer's other tickets", async () => {
    const from = "Lena@Hoffmann.example";
    await ticketWith({ cc: ["tax@hoffmann.example", "eve@other.example"] }, { from: from.toLowerCase() });
    const thread = await ticketWith(
      { cc: ["bob@stone.example"] },
      { from, newcomers: [newcomer("eve@other.example", { name: "Eve Newman" })] },
    );
    await createMail(thread, {
      to: ["Support+12@Desk.example"],
      cc: ["ann@stone.example", "BOB@stone.example"],
    });
    await createMail(thread, {
      from: "ann@stone.example",
      fromName: "Ann Lee",
      replyTo: "reply@stone.example",
    });
    expect(await suggested(thread)).toEqual([
      { address: "eve@other.example", name: "Eve Newman" },
      { address: "ann@stone.example", name: "Ann Lee" },
      { address: "reply@stone.example", name: null },
      { address: "tax@hoffmann.example", name: null },
    ]);
  });

  test("offers a colleague only if this ticket's mails name them", async () => {
    const here = await createMember("Nadia Here", { isDemo: true });
    const elsewhere = await createMember("Otto Elsewhere", { isDemo: true });
    const other = await ticketWith({ cc: [here.email, elsewhere.email, "tax@hoffmann.example"] });
    const thread = await ticketWith({}, { from: other.from });
    await createMail(thread, { cc: [here.email] });
    expect(await addressesFor(thread)).toEqual([here.email, "tax@hoffmann.example"]);
  });

  test("never offers an address that mail cannot be sent to, nor more than twenty", async () => {
    const thread = await ticketWith({});
    const cc = ["support@desk.example", "undisclosed recipients", "a@x..example"];
    const many = Array.from({ length: 30 }, (_, index) => `p${index}@stone.example`);
    await createMail(thread, { cc: [...cc, ...many] });
    expect(await addressesFor(thread)).toEqual(many.slice(0, 20));
  });

  test("takes the newest tickets of a customer who has many, and none of an erased or another customer", async () => {
    const from = "office@stone.example";
    for (let made = 0; made < 15; made += 1) await ticketWith({ cc: [`p${made}@stone.example`] }, { from });
    await ticketWith({ cc: ["erased@stone.example"] }, { from, emptiedAt: new Date() });
    await ticketWith({ cc: ["other@stone.example"] }, { from: "oﬃce@stone.example" }); // alike by the collation
    const people = await addressesFor(await ticketWith({}, { from }));
    expect(people).toContain("p14@stone.example");
    expect(people).not.toContain("p0@stone.example");
    expect(people).not.toContain("erased@stone.example");
    expect(people).not.toContain("other@stone.example");
  });

  test("finds nobody in an erased ticket, and no ticket that was merged or is missing", async () => {
    const cc = ["jill@stone.example"];
    const erased = await ticketWith(
      {},
      { emptiedAt: new Date(), newcomers: [newcomer("jill@stone.example")] },
    );
    expect(await suggested(erased)).toEqual([]);
    const merged = await ticketWith({ cc }, { mergedInto: erased._id });
    expect(await suggested(merged)).toEqual({ reason: "not_found" });
  });

  describe("of a customer with 6,000 tickets among 12,000", () => {
    const from = "robot@big.example";
    beforeAll(async () => {
      await EmailThread.collection.insertMany(
        Array.from({ length: 12_000 }, (_, index) => ({
          from: index % 2 ? from : `c${index}@big.example`,
          participants: [participant(from), participant(`p${index}@big.example`)],
        })),
      );
    });

    test("reads as many tickets as it takes, from the index", async () => {
      const thread = await ticketWith({}, { from });
      await createMail(thread);
      const queries = await profiled(EmailThread, () => suggestPeople(thread.id));
      expect(queries).toHaveLength(2); // the ticket and the others
      for (const query of queries) expect(query.docsExamined).toBeLessThanOrEqual(12);
      for (const query of queries) expect(query.keysExamined).toBeLessThanOrEqual(12);
      const mails = await profiled(EmailMessage, () => suggestPeople(thread.id));
      for (const query of mails) expect(query.docsExamined).toBeLessThanOrEqual(1);
    });
  });
});
