import { act, screen, waitFor } from "@testing-library/react";
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
  LENA,
  press,
  REPLY,
  sentReplies,
  showReplyForm,
  text,
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

describe("recipients that change while a reply is written", () => {
  test("are followed by a row without edits", async () => {
    answer(REPLY, accepted);
    showReplyForm(charged);
    await write("Refunded.");
    desk.become(withoutEvan);
    await afterNews();
    expect(chips("Cc")).toEqual([DORA.address, NORA.address]);
    expect(screen.queryByText(/no longer a recipient/)).not.toBeInTheDocument();
    await press("Send");
    await waitFor(() =>
      expect(sentReplies()).toMatchObject([{ cc: [DORA.address, NORA.address], recipientsRevision: 5 }]),
    );
  });

  test("are told to a writer who has changed the row, whose edits stay", async () => {
    showReplyForm(charged);
    await press("Remove Dora Kent from Cc");
    desk.become(withoutEvan);
    await afterNews();
    expect(chips("Cc")).toEqual([NORA.address]);
    expectSentence("Evan is no longer a recipient of this ticket, so this reply does not go there.");
    await press("Remove Nora Dietz from Cc");
    expect(screen.queryByText(/no longer a recipient/)).not.toBeInTheDocument();
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
        "Not sent: the recipients changed while you were writing. Evan was taken out. Nora was added. Your text is kept.",
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
    await waitFor(() => expectSentence("The reply goes to Dora now. Your text is kept."));
    expect(chips("To")).toEqual([DORA.address]);
  });
});

describe("the row with the live stream", () => {
  beforeEach(() => useTestStream());

  test.each([
    ["a revision of other recipients", { recipientsRevision: 5 }, "status_changed" as const],
    ["a line about people", {}, "participants_changed" as const],
  ])("reads the ticket again after %s, and shows no old row with it", async (_why, change, kind) => {
    answer(REPLY, accepted);
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
    await press("Send");
    await waitFor(() =>
      expect(sentReplies()).toMatchObject([{ cc: [DORA.address, NORA.address], recipientsRevision: 5 }]),
    );
  });
});
