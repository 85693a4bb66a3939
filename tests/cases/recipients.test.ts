import { describe, expect, test } from "vitest";
import { storedThread } from "@/tests/support/factories/threads";
import { answerTo, DESK, deskForFile, mail } from "./case-desk";

const desk = await deskForFile();

/** Opens a ticket of this customer. */
const opens = (from: string, header: Record<string, string> = {}) =>
  desk.receives(mail({ From: from, ...header }));

describe("everybody in the conversation", () => {
  test("is answered: further recipients and copies of the first mail, and never the desk", async () => {
    const received = await opens("Gry Holt <gry@holt.example>", {
      To: `Help <${DESK}>, Jon Holt <jon@holt.example>`,
      Cc: `Liv Holt <liv@holt.example>, HELP@claimdesk.example, help+vip@claimdesk.example`,
    });
    expect((await desk.shows(received)).recipients).toEqual({
      to: ["gry@holt.example"],
      cc: ["jon@holt.example", "liv@holt.example"],
    });
    expect((await storedThread(received.threadId)).participants).toMatchObject([
      { address: "gry@holt.example", name: "Gry Holt", role: "customer" },
      { address: "jon@holt.example", name: "Jon Holt", role: "copied" },
      { address: "liv@holt.example", name: "Liv Holt", role: "copied" },
    ]);
    await desk.answers(received);
  });

  test("is answered when a copied colleague of the customer writes, who does not replace the customer", async () => {
    const first = await opens("Enno Falk <enno@falk.example>", { Cc: "Pia Falk <pia@falk.example>" });
    const second = await desk.receives(
      mail({
        From: "Pia Falk <pia@falk.example>",
        Cc: "Enno Falk <enno@falk.example>",
        ...answerTo(first.message),
      }),
    );
    expect(second).toMatchObject({ threadId: first.threadId, thread: { from: "enno@falk.example" } });
    expect(second.message.isNewcomer ?? false).toBe(false);
    const { ticket, recipients } = await desk.shows(first);
    expect(ticket).toMatchObject({ from: "enno@falk.example", hasNewcomer: false });
    expect(recipients).toEqual({ to: ["enno@falk.example"], cc: ["pia@falk.example"] });
    expect(await desk.answers(first)).toMatchObject({ inReplyTo: second.message.rfcMessageId });
  });

  test("grows by whom the customer copies later", async () => {
    const first = await opens("una@berg.example");
    const header = { From: "una@berg.example", Cc: "Olaf <olaf@berg.example>", ...answerTo(first.message) };
    await desk.receives(mail(header));
    expect((await desk.shows(first)).recipients).toEqual({
      to: ["una@berg.example"],
      cc: ["olaf@berg.example"],
    });
    await desk.answers(first);
  });

  test("is only offered if somebody else than the customer copied them", async () => {
    const first = await opens("una@berg.example", { Cc: "olaf@berg.example" });
    await desk.receives(
      mail({
        From: "olaf@berg.example",
        Cc: "una@berg.example, eve@elsewhere.example",
        ...answerTo(first.message),
      }),
    );
    const { recipients, newcomers } = await desk.shows(first);
    expect(recipients).toEqual({ to: ["una@berg.example"], cc: ["olaf@berg.example"] });
    expect(newcomers).toMatchObject([{ address: "eve@elsewhere.example", why: "copied" }]);
    await desk.answers(first);
  });

  test("counts once, however the address is written", async () => {
    const received = await opens("Ylva <YLVA@Sund.example>", {
      Cc: "ylva@sund.EXAMPLE, Bo@sund.example, bo@SUND.example",
    });
    const { recipients } = await desk.shows(received);
    expect(recipients.to.map((address) => address.toLowerCase())).toEqual(["ylva@sund.example"]);
    expect(recipients.cc.map((address) => address.toLowerCase())).toEqual(["bo@sund.example"]);
    await desk.answers(received);
  });

  test("is who a group in To names", async () => {
    const received = await opens("max@orth.example", {
      To: `Crew: anna@orth.example, bo@orth.example;, ${DESK}`,
    });
    expect((await desk.shows(received)).recipients).toEqual({
      to: ["max@orth.example"],
      cc: ["anna@orth.example", "bo@orth.example"],
    });
    await desk.answers(received);
  });

  test("keeps who was left out of one reply", async () => {
    const first = await opens("gil@rook.example", { Cc: "jo@rook.example" });
    await desk.answers(first, { cc: [] });
    expect((await desk.shows(first)).recipients).toEqual({
      to: ["gil@rook.example"],
      cc: ["jo@rook.example"],
    });
  });

  test("has everybody whom a reply was addressed to", async () => {
    const first = await opens("gil@rook.example");
    await desk.answers(first, { cc: ["bookkeeper@rook.example"] });
    const { recipients, participants } = await desk.shows(first);
    expect(recipients).toEqual({ to: ["gil@rook.example"], cc: ["bookkeeper@rook.example"] });
    expect(participants).toMatchObject([{ role: "customer" }, { role: "member" }]);
    await desk.answers(first);
  });
});

describe("a later Reply-To", () => {
  test("to an address from elsewhere is only offered", async () => {
    const first = await opens("Rasmus Elm <rasmus@elm.example>");
    const forged = await desk.receives(
      mail({
        From: "Rasmus Elm <rasmus@elm.example>",
        "Reply-To": "rasmus@elm-pay.example",
        ...answerTo(first.message),
      }),
    );
    const { recipients, newcomers } = await desk.shows(first);
    expect(recipients).toEqual({ to: ["rasmus@elm.example"], cc: [] });
    expect(newcomers).toEqual([
      { address: "rasmus@elm-pay.example", name: null, messageId: forged.message._id, why: "reply_to" },
    ]);
    await desk.answers(first);
  });

  test("to a participant counts", async () => {
    const first = await opens("rasmus@elm.example", { Cc: "orders@elm.example" });
    const header = {
      From: "rasmus@elm.example",
      "Reply-To": "orders@elm.example",
      ...answerTo(first.message),
    };
    await desk.receives(mail(header));
    const { recipients } = await desk.shows(first);
    expect(recipients.to).toEqual(["orders@elm.example"]);
    await desk.answers(first);
  });

  test("to a list or to the desk changes nothing", async () => {
    const first = await opens("rasmus@elm.example");
    const list = { "List-Id": "<all.elm.example>", "List-Post": "<mailto:all@elm.example>" };
    for (const header of [{ "Reply-To": "all@elm.example", ...list }, { "Reply-To": DESK }]) {
      await desk.receives(mail({ From: "rasmus@elm.example", ...answerTo(first.message), ...header }));
    }
    const { recipients, newcomers } = await desk.shows(first);
    expect({ recipients, newcomers }).toEqual({
      recipients: { to: ["rasmus@elm.example"], cc: [] },
      newcomers: [],
    });
  });
});

describe("a mail whose sender is not verified", () => {
  test("changes no recipient", async () => {
    const first = await opens("vera@koll.example");
    const forged = await desk.receives(
      mail({
        "Authentication-Results":
          "mx.claimdesk.example; dkim=fail header.d=koll.example; dmarc=fail header.from=koll.example",
        From: "vera@koll.example",
        Cc: "thief@elsewhere.example",
        "Reply-To": "thief2@elsewhere.example",
        ...answerTo(first.message),
      }),
    );
    expect(forged).toMatchObject({ threadId: first.threadId, message: { verification: "not_verified" } });
    const { recipients, messages } = await desk.shows(first);
    expect(recipients).toEqual({ to: ["vera@koll.example"], cc: [] });
    expect(messages.at(-1)).toMatchObject({ verification: "not_verified" });
    await desk.answers(first);
  });
});
