import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { REPLY_TEXT_MAX } from "@/lib/api/contracts";
import { conversation, mail, messageId, replyBy, serve } from "@/tests/support/factories/conversations";
import { answer, heldAnswer, ok } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA } from "@/tests/support/screen/on-desk";
import {
  afterNews,
  expectSentence,
  press,
  REPLY,
  sentReplies,
  showReplyForm,
  text,
  user,
  write,
} from "@/tests/support/screen/replying";

const question = mail("My card shows two payments.");
const charged = conversation([question], heldBy(MAYA));
const accepted = (delivery: string) => ({ success: true, delivery, messageId: messageId(), ...heldBy(MAYA) });

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  localStorage.clear();
  serve(charged);
});
afterEach(() => {
  vi.useRealTimers();
});

describe("sending a reply", () => {
  test("names the newest message its writer has read, carries a key, and clears the text once accepted", async () => {
    answer(REPLY, accepted("sent"));
    showReplyForm(charged);
    await write("The second one is refunded.");
    await press("Send");

    await waitFor(() => expectSentence("Sent to Lena."));
    expect(text()).toHaveValue("");
    expect(sentReplies()).toEqual([
      {
        threadId: charged.ticket._id,
        text: "The second one is refunded.",
        lastSeenMessageId: question._id,
        status: "in_progress",
        to: ["lena@hoffmann.example"],
        cc: [],
        recipientsRevision: 0,
        key: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
  });

  test("is no longer told once the reply came back, which the conversation says", async () => {
    const desk = serve(charged);
    const sent = accepted("sent");
    answer(REPLY, sent);
    showReplyForm(charged);
    await write("Refunded.");
    await press("Send");
    await waitFor(() => expectSentence("Sent to Lena."));
    const lost = replyBy(MAYA, "Refunded.", { _id: sent.messageId, state: "came_back" });
    desk.become(conversation([question, lost], heldBy(MAYA)));
    await afterNews();
    expect(screen.queryByText("Sent to Lena.")).not.toBeInTheDocument();
  });

  test.each(["{Meta>}{Enter}{/Meta}", "{Control>}{Enter}{/Control}"])(
    "happens on %s in the text",
    async (keys) => {
      answer(REPLY, accepted("sent"));
      showReplyForm(charged);
      await write(`Refunded.${keys}`);
      await waitFor(() => expect(sentReplies()).toMatchObject([{ text: "Refunded." }]));
    },
  );

  test("gives the ticket the chosen status", async () => {
    answer(REPLY, accepted("sent"));
    showReplyForm(charged);
    await press("Then: In progress");
    await user().click(screen.getByRole("menuitemradio", { name: "Waiting" }));
    expect(screen.getByRole("button", { name: "Then: Waiting" })).toBeInTheDocument();
    await write("Which card was it?");
    await press("Send");
    await waitFor(() => expect(sentReplies()).toMatchObject([{ status: "waiting" }]));
  });

  test("is pending until the answer, and happens once however often Send is pressed", async () => {
    const held = heldAnswer();
    answer(REPLY, held.answering);
    showReplyForm(charged);
    await write("Refunded.");
    await press("Send");
    await press(/Sending$/);
    await user().type(text(), "{Control>}{Enter}{/Control} more");
    expect(text()).toHaveValue("Refunded.");
    expect(sentReplies()).toHaveLength(1);

    held.give(ok(accepted("sent")));
    await waitFor(() => expect(text()).toHaveValue(""));
  });

  test("says that the reply waits for the mail server", async () => {
    answer(REPLY, () => ({ status: 202, body: accepted("queued") }));
    showReplyForm(charged);
    await write("Refunded.");
    await press("Send");
    await waitFor(() =>
      expectSentence("The mail server is not answering. The reply to Lena goes out as soon as it does."),
    );
    expect(text()).toHaveValue("");
  });

  test("says that the customer may have an unconfirmed reply", async () => {
    answer(REPLY, () => ({ status: 202, body: accepted("unconfirmed") }));
    showReplyForm(charged);
    await write("Refunded.");
    await press("Send");
    await waitFor(() =>
      expectSentence("The mail server broke off before confirming. Lena may have this reply."),
    );
  });

  test("is refused without any text", async () => {
    showReplyForm(charged);
    await write("  ");
    await press("Send");
    expectSentence("Write something before sending.");
    expect(sentReplies()).toEqual([]);
  });

  test("is refused for a text that is too long, which is kept", async () => {
    showReplyForm(charged);
    await user().click(text());
    await user().paste("a".repeat(REPLY_TEXT_MAX + 1_200));
    await press("Send");
    expectSentence("The reply is 1,200 characters too long. Shorten it; your text is kept.");
    expect(text()).toHaveValue("a".repeat(REPLY_TEXT_MAX + 1_200));
    expect(sentReplies()).toEqual([]);
  });
});
