import { describe, expect, test } from "vitest";
import { answerTo, DESK, deskForFile, mail } from "./case-desk";

const desk = await deskForFile();

const LIST = "riders@lists.velo.example";

type Case = {
  what: string;
  header: Record<string, string>;
  customer: [string | null, string];
  via?: string;
  to?: string[];
  cc?: string[];
};

const CASES: Case[] = [
  {
    what: "a name with a comma and no quotes",
    header: { From: "Ines Prado, PhD <ines@prado.example>" },
    customer: ["Ines Prado, PhD", "ines@prado.example"],
  },
  {
    what: "a name with an encoded comma",
    header: { From: "=?iso-8859-1?Q?Stra=DFer=2C_Jutta?= <jutta@strasser.example>" },
    customer: ["Straßer, Jutta", "jutta@strasser.example"],
  },
  {
    what: "a web form that sends from an address that nobody reads",
    header: { From: '"Shop" <noreply@forms.example>', "Reply-To": "Otis Brandt <otis@brandt.example>" },
    customer: ["Otis Brandt", "otis@brandt.example"],
    via: "noreply@forms.example",
  },
  {
    what: "the same form and another person",
    header: { From: '"Shop" <noreply@forms.example>', "Reply-To": "Runa Dahl <runa@dahl.example>" },
    customer: ["Runa Dahl", "runa@dahl.example"],
    via: "noreply@forms.example",
  },
  {
    what: "a web form that sends from the desk's own address",
    header: { From: `Help <${DESK}>`, "Reply-To": "Ida Moss <ida@moss.example>" },
    customer: ["Ida Moss", "ida@moss.example"],
    via: DESK,
  },
  {
    what: "a web form that sends from a tagged address of the desk",
    header: { From: "help+form@claimdesk.example", "Reply-To": "Kofi Ansah <kofi@ansah.example>" },
    customer: ["Kofi Ansah", "kofi@ansah.example"],
    via: "help+form@claimdesk.example",
  },
  {
    what: "a group that puts its own address into From and names the writer elsewhere",
    header: {
      From: "\"'Nils Aare' via Riders\" <riders@groups.velo.example>",
      "X-Original-From": "Nils Aare <nils@aare.example>",
      "Reply-To": "riders@groups.velo.example",
      "List-Id": "<riders.groups.velo.example>",
      "List-Post": "<mailto:riders@groups.velo.example>",
    },
    customer: ["Nils Aare", "nils@aare.example"],
    via: "riders@groups.velo.example",
  },
  {
    what: "a group that names only the writer's address",
    header: {
      From: "\"'Tove' via Riders\" <riders@groups.velo.example>",
      "X-Original-Sender": "tove@fjell.example",
      "List-Id": "<riders.groups.velo.example>",
      "List-Post": "<mailto:riders@groups.velo.example>",
    },
    customer: ["Tove", "tove@fjell.example"],
    via: "riders@groups.velo.example",
  },
  {
    what: "a list that puts its own address into From and the writer into Reply-To",
    header: {
      From: `Mira Sol via Riders <${LIST}>`,
      "Reply-To": "Mira Sol <mira@sol.example>",
      "List-Id": "Riders <riders.lists.velo.example>",
      "List-Post": `<mailto:${LIST}>`,
    },
    customer: ["Mira Sol", "mira@sol.example"],
    via: LIST,
  },
  {
    what: "a list that leaves From alone and asks for answers to itself",
    header: {
      From: "Pavel Kos <pavel@kos.example>",
      "Reply-To": LIST,
      "List-Id": "Riders <riders.lists.velo.example>",
      "List-Post": `<mailto:${LIST}>`,
    },
    customer: ["Pavel Kos", "pavel@kos.example"],
  },
  {
    what: "a customer who asks to be answered elsewhere in the first mail",
    header: { From: "Lou Reyes <lou@reyes.example>", "Reply-To": "office@reyes.example" },
    customer: ["Lou Reyes", "lou@reyes.example"],
    to: ["office@reyes.example"],
  },
  {
    what: "a customer who names two addresses for the answer",
    header: { From: "lou@reyes.example", "Reply-To": "office@reyes.example, lou@reyes.example" },
    customer: [null, "lou@reyes.example"],
    to: ["office@reyes.example", "lou@reyes.example"],
  },
  {
    what: "a Reply-To whose domain ends with a dot",
    header: { From: "Sana Ito <sana@ito.example>", "Reply-To": "desk@ito.example." },
    customer: ["Sana Ito", "sana@ito.example"],
    to: ["desk@ito.example"],
  },
  {
    what: "a Reply-To that is the desk",
    header: { From: "Sana Ito <sana@ito.example>", "Reply-To": DESK },
    customer: ["Sana Ito", "sana@ito.example"],
  },
];

describe("the customer of a mail", () => {
  test.each(CASES)("is right, and answered, for $what", async ({ header, customer, via, to, cc = [] }) => {
    const [name, address] = customer;
    const received = await desk.receives(mail(header));
    expect(received.thread).toMatchObject({ from: address, fromName: name });
    expect(received.message).toMatchObject({ from: address, fromName: name });
    expect(received.message.via ?? null).toBe(via ?? null);
    const shown = await desk.shows(received);
    expect(shown.ticket).toMatchObject({ from: address, fromName: name });
    expect(shown.recipients).toEqual({ to: to ?? [address], cc });
    await desk.answers(received);
  });
});

describe("a mail that names nobody outside the desk", () => {
  test("says so before anybody writes, and its reply is refused", async () => {
    const received = await desk.receives(mail({ From: `Help <${DESK}>` }));
    const { ticket, recipients } = await desk.shows(received);
    expect(recipients).toEqual({ to: [], cc: [] });
    const reply = { threadId: received.threadId, lastSeenMessageId: ticket.lastMessageId };
    expect(await desk.sends(reply)).toMatchObject({ status: 422, body: { reason: "no_recipient" } });
  });

  test("never makes the desk a recipient of a customer's ticket that it joins", async () => {
    const first = await desk.receives(mail({ From: "Arlo Finn <arlo@finn.example>" }));
    await desk.receives(mail({ From: `Help <${DESK}>`, ...answerTo(first.message) }));
    expect((await desk.shows(first)).recipients).toEqual({ to: ["arlo@finn.example"], cc: [] });
    await desk.answers(first);
  });
});

describe("automatic mails", () => {
  test("change no recipient, however many come after the customer's mail", async () => {
    const first = await desk.receives(
      mail({ From: "Bea Lind <bea@lind.example>", "Reply-To": "team@lind.example" }),
    );
    for (let count = 0; count < 31; count += 1) {
      const { Subject: _subject, ...header } = answerTo(first.message);
      const robot = {
        From: "robot@lind.example",
        Cc: "watch@lind.example",
        "Auto-Submitted": "auto-replied",
      };
      expect((await desk.receives(mail({ ...header, ...robot }))).threadId).toBe(first.threadId);
    }
    const { recipients, newcomers } = await desk.shows(first);
    expect({ recipients, newcomers }).toEqual({
      recipients: { to: ["team@lind.example"], cc: [] },
      newcomers: [],
    });
    expect(await desk.answers(first)).toMatchObject({ inReplyTo: first.message.rfcMessageId });
  });
});
