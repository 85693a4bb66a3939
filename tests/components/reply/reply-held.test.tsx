import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { conversation, mail, messageId, replyBy, serve } from "@/tests/support/factories/conversations";
import { answer, ok, refusal, type Answer } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA } from "@/tests/support/screen/on-desk";
import {
  afterNews,
  expectSentence,
  press,
  REPLY,
  sentReplies,
  showReplyForm,
  text,
  write,
} from "@/tests/support/screen/replying";

const question = mail("My card shows two payments.");
const second = mail("My bank has cancelled the second one. Please don’t refund it twice!");
const third = mail("And thank you.");
const charged = conversation([question], heldBy(MAYA));
const accepted = ok({ success: true, delivery: "sent", messageId: messageId(), ...heldBy(MAYA) });
const held = (...messages: (typeof question)[]) =>
  refusal(409, "newer_messages", "Not sent.", { messages, lastMessageId: messages.at(-1)?._id });
let desk: ReturnType<typeof serve>;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  localStorage.clear();
  desk = serve(charged);
});
afterEach(() => {
  vi.useRealTimers();
});

function answerReplies(...answers: Answer[]): void {
  answer(REPLY, () => answers.shift() ?? accepted);
}

describe("a reply to a ticket with a newer message", () => {
  test("is held: the text is kept, and the newer message is shown beside it", async () => {
    answerReplies(held(second));
    showReplyForm(charged);
    await write("It is refunded.");
    await press("Send");
    await waitFor(() =>
      expectSentence(
        "Not sent: Lena wrote again while you were writing. Your text is kept. Read it, then send or change yours.",
      ),
    );
    expect(screen.getByRole("complementary", { name: "Written meanwhile" })).toHaveTextContent(
      "Please don’t refund it twice!",
    );
    expect(text()).toHaveValue("It is refunded.");
  });

  test("is held with other words for somebody's first mail", async () => {
    const stran = mail("I am the bookkeeper.", { from: "stran@books.example", fromName: "Stran Books" });
    answerReplies(held(stran));
    showReplyForm(charged);
    await write("It is refunded.");
    await press("Send");
    await waitFor(() => expectSentence("Not sent: Stran wrote while you were writing."));
  });

  test("is sent anyway with the newest message that is shown", async () => {
    answerReplies(held(second, third));
    showReplyForm(charged);
    await write("It is refunded.");
    await press("Send");
    await waitFor(() => expectSentence("Not sent"));
    await press("Send anyway");
    await waitFor(() => expectSentence("Sent to Lena."));
    expect(sentReplies()).toMatchObject([
      { text: "It is refunded.", lastSeenMessageId: question._id },
      { text: "It is refunded.", lastSeenMessageId: third._id },
    ]);
    expect(text()).toHaveValue("");
  });

  test("is held again by a message newer than those that are shown", async () => {
    answerReplies(held(second), held(third));
    showReplyForm(charged);
    await write("It is refunded.");
    await press("Send");
    await waitFor(() => expectSentence("Not sent"));
    desk.become(conversation([question, second, third], heldBy(MAYA)));
    await press("Send anyway");
    await waitFor(() =>
      expect(screen.getByRole("complementary", { name: "Written meanwhile" })).toHaveTextContent(third.text),
    );
    expect(sentReplies().map(({ lastSeenMessageId }) => lastSeenMessageId)).toEqual([
      question._id,
      second._id,
    ]);
  });

  test("names a team member who replied first", async () => {
    answerReplies(held(replyBy(PRIYA, "I have refunded it.")));
    showReplyForm(charged);
    await write("It is refunded.");
    await press("Send");
    await waitFor(() => expectSentence("Not sent: Priya replied while you were writing."));
  });
});

describe("a message that arrives while a reply is written", () => {
  test("is announced before sending, and does not count as read by that", async () => {
    answerReplies(held(second));
    showReplyForm(charged);
    await write("It is refunded.");
    desk.become(conversation([question, second], heldBy(MAYA)));
    await afterNews();
    expectSentence(/Lena wrote again at \d\d:\d\d\. Read it before you send\./);

    await press("Send");
    await waitFor(() => expectSentence("Not sent"));
    expect(sentReplies()).toMatchObject([{ lastSeenMessageId: question._id }]);
  });

  test("counts as read once it was shown beside the text", async () => {
    answerReplies();
    showReplyForm(charged);
    await write("It is refunded.");
    desk.become(conversation([question, second], heldBy(MAYA)));
    await afterNews();
    await press("Show it here");
    expect(screen.getByRole("complementary", { name: "Written meanwhile" })).toHaveTextContent(second.text);
    await press("Send");
    await waitFor(() => expectSentence("Sent to Lena."));
    expect(sentReplies()).toMatchObject([{ lastSeenMessageId: second._id }]);
  });

  test("is not announced before the first letter of the reply", async () => {
    answerReplies();
    showReplyForm(charged);
    desk.become(conversation([question, second], heldBy(MAYA)));
    await afterNews();
    await write("It is refunded.");
    expect(screen.queryByText(/Read it before you send/)).not.toBeInTheDocument();
    await press("Send");
    await waitFor(() => expect(sentReplies()).toMatchObject([{ lastSeenMessageId: second._id }]));
  });

  test("is not announced if it is automatic", async () => {
    showReplyForm(charged);
    await write("It is refunded.");
    const notice = mail("I am out of the office.", { automatic: true });
    desk.become(conversation([question, notice], heldBy(MAYA)));
    await afterNews();
    expect(screen.queryByText(/Read it before you send/)).not.toBeInTheDocument();
  });

  test("counts as read if it is the accepted reply of the writer", async () => {
    const own = messageId();
    answerReplies(ok({ success: true, delivery: "sent", messageId: own, ...heldBy(MAYA) }));
    showReplyForm(charged);
    await write("It is refunded.");
    await press("Send");
    await waitFor(() => expect(text()).toHaveValue(""));
    await write("One more thing.");
    await press("Send");
    await waitFor(() => expect(sentReplies()).toHaveLength(2));
    expect(sentReplies()[1]?.lastSeenMessageId).toBe(own);
  });
});
