import { beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { removeMember } from "@/lib/team/remove-member";
import { releaseStep } from "@/lib/team/release-tickets";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { answer, comesBack, customerWrites, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { deliver, rawMail } from "@/tests/support/factories/inbound-mails";
import { deliverAll } from "@/tests/support/factories/mails";
import { createMember } from "@/tests/support/factories/members";
import { member, storedThread } from "@/tests/support/factories/threads";
import { retainAll, setRetention } from "@/tests/support/privacy/customers";
import { setEnv } from "@/tests/support/routes/identities";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const server = await faultySmtpForFile();
const SAM = member("Sam Okafor");
const maya = member("Maya Lindqvist", { role: "admin" });

beforeEach(() => server.behave());

/** The kind and the way of each line of the ticket's history. */
async function waysOf(id: ThreadId) {
  return ((await storedThread(id)).history ?? []).map(({ kind, way }) => [kind, way]);
}
const lastWay = async (id: ThreadId) => (await waysOf(id)).at(-1);

/** A mail of the colleague to a customer, which a trusted mail server has checked. */
async function colleagueWrites(header: Record<string, string> = {}) {
  setEnv({ TRUSTED_AUTHSERV_IDS: "mx.desk.example" });
  return deliver(
    rawMail({
      header: {
        "Authentication-Results": "mx.desk.example; dkim=pass header.d=team.example header.s=a",
        From: SAM.email,
        To: "tuva@moe.example",
        Cc: "support@desk.example",
        ...header,
      },
    }),
  );
}

describe("the way of a line of history", () => {
  test("is the mail for a customer's mails", async () => {
    const ticket = await ticketByMail();
    await customerWrites(ticket);
    expect(await waysOf(ticket.id)).toEqual([
      ["received", "mail"],
      ["customer_replied", "mail"],
    ]);
  });

  test("is the mail for a colleague's mail, also for the claim that it makes", async () => {
    await createMember(SAM.name, { isDemo: true });
    const { threadId } = await colleagueWrites();
    expect(await waysOf(threadId)).toEqual([
      ["received", "mail"],
      ["claimed", "mail"],
    ]);
    const { id, opening } = await ticketByMail();
    await colleagueWrites({ To: opening.from, "In-Reply-To": opening.rfcMessageId ?? "" });
    expect(await lastWay(id)).toEqual(["claimed", "mail"]);
  });

  test("is the mail for a report about a reply, and for the one that it arrived after all", async () => {
    const { id } = await ticketByMail();
    const reply = await answer(id);
    await deliverAll();
    await comesBack(reply, { outcome: "delayed" });
    expect(await lastWay(id)).toEqual(["delayed", "mail"]);
    await comesBack(reply, { outcome: "delivered" });
    expect(await lastWay(id)).toEqual(["delivery_settled", "mail"]);
    await comesBack(reply);
    expect(await lastWay(id)).toEqual(["came_back", "mail"]);
  });

  test("is the web for an act of a member in the browser", async () => {
    const { id } = await ticketByMail();
    await claimTicket(id, maya);
    expect(await lastWay(id)).toEqual(["claimed", "web"]);
  });

  test("is the desk itself for a reply that our own mail server refused", async () => {
    const { id } = await ticketByMail();
    await answer(id);
    server.behave({ at: "rcpt", do: "answer", line: "550 5.1.1 No such user" });
    await deliverAll();
    expect(await lastWay(id)).toEqual(["delivery_settled", "system"]);
  });

  test("is the desk itself for the tickets of a member whom an admin removed, though it names the admin", async () => {
    const sam = await createMember("Sam Removed");
    const admin = await createMember("Maya Remover", { role: "admin" });
    const { id } = await ticketByMail();
    await claimTicket(id, sam);
    await removeMember(sam.id, admin, "by_admin");
    while ((await releaseStep(new Date())).worked);
    expect((await storedThread(id)).history?.at(-1)).toMatchObject({
      kind: "unclaimed",
      by: { id: admin.id },
      way: "system",
    });
  });

  test("is the desk itself for texts that it removes by the retention settings", async () => {
    const { id } = await ticketByMail();
    await setTicketStatus(id, "resolved", maya);
    await setRetention({ closedBodiesDays: 1 });
    await retainAll(new Date(Date.now() + 2 * 86_400_000));
    expect(await lastWay(id)).toEqual(["bodies_removed", "system"]);
  });
});
