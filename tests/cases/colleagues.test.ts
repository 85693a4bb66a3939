import { beforeAll, describe, expect, test } from "vitest";
import { demoIdentity } from "@/tests/support/routes/identities";
import { storedThread } from "@/tests/support/factories/threads";
import { answerTo, DESK, deskForFile, mail } from "./case-desk";

const desk = await deskForFile();
const { priya } = demoIdentity.team;

/** On top of a mail that our own mail server has checked. */
const CHECKED = {
  "Authentication-Results": "mx.claimdesk.example; dkim=pass header.d=claimdesk.example header.s=a",
};
const FROM_PRIYA = { From: `Priya Nair <${priya.email}>` };

beforeAll(async () => {
  // A member is known from their first visit.
  const { threadId } = await desk.receives(mail({ From: "first@visit.example" }));
  await desk.shows({ threadId });
});

describe("a colleague who answers from their own mail program", () => {
  const opens = () => desk.receives(mail({ From: "Tuva Moe <tuva@moe.example>" }));

  test("is shown as one of us, holds the ticket, and the next reply goes to the customer", async () => {
    const first = await opens();
    const theirs = await desk.receives(
      mail({
        ...CHECKED,
        ...FROM_PRIYA,
        To: "Tuva Moe <tuva@moe.example>",
        Cc: `${DESK}, tuva-boss@moe.example`,
        ...answerTo(first.message),
      }),
    );
    expect(theirs).toMatchObject({
      threadId: first.threadId,
      message: { authorId: priya.id, authorName: "Priya Nair", verification: "verified" },
    });
    const { ticket, recipients, newcomers, history } = await desk.shows(first);
    expect(ticket).toMatchObject({ from: "tuva@moe.example", assignedTo: priya.id });
    expect({ recipients, newcomers }).toEqual({
      recipients: { to: ["tuva@moe.example"], cc: ["tuva-boss@moe.example"] },
      newcomers: [],
    });
    expect(history.map(({ kind }) => kind)).not.toContain("customer_replied");
    await desk.answers(first);
  });

  test("takes the ticket from nobody", async () => {
    const first = await opens();
    await desk.answers(first);
    const header = { To: "tuva@moe.example", Cc: DESK, ...answerTo(first.message) };
    await desk.receives(mail({ ...CHECKED, From: demoIdentity.team.tomas.email, ...header }));
    expect(await storedThread(first.threadId)).toMatchObject({ assignedTo: priya.id });
  });

  test.each([
    ["nobody has checked", {}],
    [
      "the check failed",
      { "Authentication-Results": "mx.claimdesk.example; dkim=fail header.d=claimdesk.example" },
    ],
    [
      "a server that we do not trust has checked",
      { "Authentication-Results": "mx.evil.example; dkim=pass header.d=claimdesk.example" },
    ],
    [
      "the check passed for another domain",
      { "Authentication-Results": "mx.claimdesk.example; dkim=pass header.d=evil.example" },
    ],
  ])("is not verified if %s, and changes no recipient", async (_what, checked) => {
    const first = await opens();
    const forged = await desk.receives(
      mail({
        ...checked,
        ...FROM_PRIYA,
        To: "thief@elsewhere.example",
        Cc: `${DESK}, thief2@elsewhere.example`,
        "Reply-To": "thief3@elsewhere.example",
        ...answerTo(first.message),
      }),
    );
    expect(forged).toMatchObject({
      threadId: first.threadId,
      message: { verification: "not_verified", authorId: null },
      thread: { from: "tuva@moe.example", assignedTo: null },
    });
    const { recipients, messages } = await desk.shows(first);
    expect(recipients).toEqual({ to: ["tuva@moe.example"], cc: [] });
    expect(messages.at(-1)).toMatchObject({ verification: "not_verified", authorId: null });
    await desk.answers(first);
  });

  test("is believed by the topmost check only", async () => {
    const first = await opens();
    const raw = mail({
      ...CHECKED,
      ...FROM_PRIYA,
      To: "thief@elsewhere.example",
      ...answerTo(first.message),
    });
    const top = "Authentication-Results: mx.claimdesk.example; dkim=none\r\n";
    const forged = await desk.receives(Buffer.concat([Buffer.from(top), raw]));
    expect(forged.message).toMatchObject({ verification: "not_verified", authorId: null });
    expect((await desk.shows(first)).recipients).toEqual({ to: ["tuva@moe.example"], cc: [] });
  });

  test("opens a ticket whose customer is no other member", async () => {
    const to = `${demoIdentity.team.maya.email}, orla@byrne.example`;
    const ticket = await desk.receives(mail({ ...CHECKED, ...FROM_PRIYA, To: to, Cc: DESK }));
    expect((await desk.shows(ticket)).recipients).toEqual({ to: ["orla@byrne.example"], cc: [] });
  });

  test("opens a ticket whose customer is the first person outside the desk", async () => {
    const opened = await desk.receives(
      mail({ ...CHECKED, ...FROM_PRIYA, To: `${DESK}, Axel Rud <axel@rud.example>`, Cc: "kari@rud.example" }),
    );
    expect(opened.thread).toMatchObject({
      from: "axel@rud.example",
      fromName: "Axel Rud",
      assignedTo: priya.id,
    });
    expect((await desk.shows(opened)).recipients).toEqual({
      to: ["axel@rud.example"],
      cc: ["kari@rud.example"],
    });
    await desk.answers(opened);
  });
});

describe("a colleague's forward", () => {
  const FORWARD = [
    "Could somebody take this one?",
    "",
    "---------- Forwarded message ---------",
    "From: Elsa Dorn <elsa@dorn.example>",
    "Date: Fri, 27 Nov 2026 at 07:40",
    "Subject: Door code",
    `To: <${priya.email}>`,
    "",
    "My door code stopped working.",
    "Elsa",
  ].join("\r\n");

  test("offers the person who wrote it, and makes nobody the customer by itself", async () => {
    const forwarded = await desk.receives(
      mail({ ...CHECKED, ...FROM_PRIYA, Subject: "Fwd: Door code" }, FORWARD),
    );
    const { ticket, recipients, messages } = await desk.shows(forwarded);
    expect(messages).toMatchObject([{ forwardedFrom: { address: "elsa@dorn.example", name: "Elsa Dorn" } }]);
    expect(ticket.from).not.toBe("elsa@dorn.example");
    expect([...recipients.to, ...recipients.cc]).not.toContain("elsa@dorn.example");
  });

  test("makes them the customer with one click, and the reply goes to them", async () => {
    const forwarded = await desk.receives(
      mail({ ...CHECKED, ...FROM_PRIYA, Subject: "Fwd: Door code" }, FORWARD),
    );
    const changed = await desk.changes(forwarded, { customer: "elsa@dorn.example" });
    expect(changed).toMatchObject({ status: 200 });
    const { ticket, recipients } = await desk.shows(forwarded);
    expect(ticket.from).toBe("elsa@dorn.example");
    expect(recipients.to).toEqual(["elsa@dorn.example"]);
    expect((await desk.answers(forwarded)).subject).toBe("Re: Door code");
  });

  test("of another member's mail offers nobody", async () => {
    const words = `---------- Forwarded message ---------\r\nFrom: Maya <${demoIdentity.team.maya.email}>\r\nDate: Thu, 26 Nov 2026 at 08:12\r\nSubject: Rota\r\nTo: <${priya.email}>\r\n\r\nThe new rota.`;
    const ticket = await desk.receives(mail({ ...CHECKED, ...FROM_PRIYA, Subject: "Fwd: Rota" }, words));
    expect(ticket.message.forwardedFrom ?? null).toBeNull();
  });

  test("of a customer offers nobody", async () => {
    const forwarded = await desk.receives(
      mail({ From: "rolf@outside.example", Subject: "Fwd: Door code" }, FORWARD),
    );
    const { ticket, recipients, messages } = await desk.shows(forwarded);
    expect(messages).toMatchObject([{ forwardedFrom: null }]);
    expect({ from: ticket.from, recipients }).toEqual({
      from: "rolf@outside.example",
      recipients: { to: ["rolf@outside.example"], cc: [] },
    });
  });
});
