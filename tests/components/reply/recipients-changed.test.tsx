import { act, cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import { conversation, mail, messageId, person, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, ok, refusal, type Answer } from "@/tests/support/screen/desk-answers";
import { nextOf, say, useTestStream } from "@/tests/support/screen/live-stream";
import { heldBy, MAYA, PRIYA } from "@/tests/support/screen/on-desk";
import {
  addressedTo,
  afterNews,
  chips,
  DORA,
  EVAN,
  expectSentence,
  field,
  LENA,
  press,
  REPLY,
  sentReplies,
  showReplyForm,
  text,
  user,
  write,
} from "@/tests/support/screen/replying";

const NORA = { address: "nora@dietz.example", name: "Nora Dietz" };
const question = mail("My card shows two payments.");
const charged = addressedTo(conversation([question], heldBy(MAYA)), {
  cc: [DORA, EVAN],
  recipientsRevision: 4,
});
const withoutEvan = addressedTo(charged, { cc: [DORA, NORA], recipientsRevision: 5 });
const accepted = ok({ success: true, delivery: "sent", messageId: messageId(), ...heldBy(MAYA) });
let desk: ReturnType<typeof serve>;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  localStorage.clear();
  desk = serve(charged);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Answers the next reply with 409 and the recipients of `now`, and later ones with success. */
function holdOnce({ recipients, recipientsRevision, participants, newcomers }: TicketDetailResponse): void {
  const facts = { recipients, recipientsRevision, participants, newcomers };
  const answers: Answer[] = [refusal(409, "recipients_changed", "Not sent.", facts)];
  answer(REPLY, () => answers.shift() ?? accepted);
}

const EVAN_LEFT = "Evan is no longer in this conversation.";
const NORA_JOINED = "Nora is in this conversation now.";

describe("recipients that change while nothing is written", () => {
  test("are followed by the row in silence", async () => {
    answer(REPLY, accepted);
    showReplyForm(charged);
    await write("Refunded.");
    await user().clear(text());
    desk.become(withoutEvan);
    await afterNews();
    expect(chips("Cc")).toEqual([DORA.address, NORA.address]);
    expect(screen.queryByText(/in this conversation/)).not.toBeInTheDocument();
    await write("Refunded.");
    await press("Send");
    await waitFor(() =>
      expect(sentReplies()).toMatchObject([{ cc: [DORA.address, NORA.address], recipientsRevision: 5 }]),
    );
  });
});

describe("recipients that change while a reply is written", () => {
  test("are told at once, held at the next press, and sent to at the one after it", async () => {
    holdOnce(withoutEvan);
    showReplyForm(charged);
    await write("Refunded.");
    desk.become(withoutEvan);
    await afterNews();
    expect(chips("Cc")).toEqual([DORA.address, NORA.address]);
    expectSentence(`${EVAN_LEFT} ${NORA_JOINED}`);
    await press("Send");
    await waitFor(() =>
      expectSentence(
        `Not sent: the recipients changed while you were writing. ${EVAN_LEFT} ${NORA_JOINED} Your text`,
      ),
    );
    await press("Send");
    await waitFor(() => expectSentence("Sent to Lena, Dora and Nora."));
    expect(sentReplies()).toMatchObject([
      { recipientsRevision: 4 },
      { cc: [DORA.address, NORA.address], recipientsRevision: 5 },
    ]);
  });

  test("are told to a writer who comes back to the page", async () => {
    showReplyForm(charged);
    await write("Refunded.");
    cleanup();
    showReplyForm(addressedTo(charged, { to: [DORA], cc: [LENA, EVAN], recipientsRevision: 5 }));
    expectSentence("The reply goes to Dora now, not to Lena.");
  });

  test("are told to a writer who has only changed the row, whose edits stay", async () => {
    showReplyForm(charged);
    await press("Remove Dora Kent from Cc");
    desk.become(withoutEvan);
    await afterNews();
    expect(chips("Cc")).toEqual([NORA.address]);
    expectSentence(`${EVAN_LEFT} ${NORA_JOINED}`);
  });

  test("do not bring somebody back whom the writer had only moved", async () => {
    showReplyForm(charged);
    await press("Evan Fox, evan@fox.example");
    await act(async () => screen.getByRole("menuitem", { name: "Move to To" }).click());
    desk.become(withoutEvan);
    await afterNews();
    expect(chips("To")).toEqual([LENA.address]);
    expect(chips("Cc")).toEqual([DORA.address, NORA.address]);
  });

  test("do not keep an address that the writer had added and a colleague added and took out", async () => {
    answer("GET /api/emails/participants", { suggestions: [] });
    showReplyForm(charged);
    await user().click(field("Cc"));
    await user().keyboard(`${NORA.address}{Enter}`);
    desk.become(addressedTo(charged, { cc: [DORA, EVAN, NORA], recipientsRevision: 4 }));
    await afterNews();
    expect(chips("Cc")).toEqual([DORA.address, EVAN.address, NORA.address]);
    expect(screen.queryByText(/in this conversation/)).not.toBeInTheDocument();
    desk.become(addressedTo(charged, { cc: [DORA, EVAN], recipientsRevision: 5 }));
    await afterNews();
    expect(chips("Cc")).toEqual([DORA.address, EVAN.address]);
    expectSentence("Nora is no longer in this conversation.");
  });
});

describe("a reply to recipients of before", () => {
  test("is held: it says what changed, keeps text and edits, and goes out with the new revision", async () => {
    holdOnce(withoutEvan);
    showReplyForm(charged);
    await press("Remove Dora Kent from Cc");
    await write("Refunded.");
    await press("Send");
    await waitFor(() =>
      expectSentence(
        `Not sent: the recipients changed while you were writing. ${EVAN_LEFT} ${NORA_JOINED} Your text is kept.`,
      ),
    );
    expect(text()).toHaveValue("Refunded.");
    expect(chips("Cc")).toEqual([NORA.address]);

    await press("Send");
    await waitFor(() => expectSentence("Sent to Lena and Nora."));
    expect(sentReplies()).toMatchObject([
      { cc: [EVAN.address], recipientsRevision: 4 },
      { cc: [NORA.address], recipientsRevision: 5 },
    ]);
  });

  test("says whom it goes to if the customer is another", async () => {
    holdOnce(addressedTo(charged, { to: [DORA], cc: [LENA, EVAN], recipientsRevision: 5 }));
    showReplyForm(charged);
    await write("Refunded.");
    await press("Send");
    await waitFor(() => expectSentence("The reply goes to Dora now, not to Lena. Your text is kept."));
    expect(chips("To")).toEqual([DORA.address]);
  });
});

describe("the row with the live stream", () => {
  beforeEach(() => useTestStream());

  test.each([
    ["a revision of other recipients", { recipientsRevision: 5 }, "status_changed" as const],
    ["a line about people", {}, "participants_changed" as const],
  ])("reads the ticket again after %s, and shows no old row with it", async (_why, change, kind) => {
    showReplyForm(charged);
    say("hello", { from: new Date(Date.now() - 2_000).toISOString() });
    await afterNews();
    const before = askedFor(`GET /api/emails/tickets/${charged.ticket._id}`).length;
    await write("Refunded.");
    const row = nextOf(charged.ticket, change, { kind, by: person(PRIYA) });
    desk.become({ ...withoutEvan, ticket: { ...row.ticket, recipientsRevision: 5 } });
    say("rows", { rows: [row] });
    await afterNews();
    expect(askedFor(`GET /api/emails/tickets/${charged.ticket._id}`).length).toBeGreaterThan(before);
    expect(chips("Cc")).toEqual([DORA.address, NORA.address]);
    expectSentence(EVAN_LEFT);
  });
});
