import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { conversation, mail, messageId, replyBy, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA } from "@/tests/support/screen/on-desk";
import {
  afterNews,
  DELIVERY,
  expectSentence,
  press,
  REPLY,
  sentReplies,
  showReplyForm,
  text,
  write,
} from "@/tests/support/screen/replying";

const question = mail("My card shows two payments.");
const charged = conversation([question], heldBy(MAYA));
let desk: ReturnType<typeof serve>;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  localStorage.clear();
  desk = serve(charged);
});
afterEach(() => void vi.useRealTimers());

describe("a reply with the text of one sent a moment ago", () => {
  const earlier = replyBy(MAYA, "Refunded.", { sentAt: new Date(Date.now() - 20_000).toISOString() });

  async function sendTwice() {
    const sentAt = new Date(Date.now() - 20_500).toISOString();
    const facts = { messages: [{ ...earlier, sentAt }], lastMessageId: earlier._id };
    answer(REPLY, () => refusal(409, "same_text", "", facts));
    showReplyForm(charged);
    await write("Refunded.");
    await press("Send");
    await waitFor(() => expectSentence(/Not sent: you sent the same text 2\d seconds ago\./));
  }

  test("is not sent: the earlier one is shown, and the text is kept", async () => {
    await sendTwice();
    expect(screen.getByRole("complementary", { name: "Sent before" })).toHaveTextContent("Refunded.");
    expect(text()).toHaveValue("Refunded.");
  });

  test("is sent again as the same call, with the earlier one as seen", async () => {
    await sendTwice();
    answer(REPLY, () => ok({ success: true, delivery: "sent", messageId: messageId(), ...heldBy(MAYA) }));
    await press("Send it again");
    await waitFor(() => expectSentence("Sent to Lena."));
    const [first, again] = sentReplies();
    expect(again).toEqual({ ...first, lastSeenMessageId: earlier._id });
    expect(text()).toHaveValue("");
  });

  test("can be discarded, and nothing is sent", async () => {
    await sendTwice();
    await press("Discard the draft");
    expect(text()).toHaveValue("");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(sentReplies()).toHaveLength(1);
  });
});

describe("a notice about a reply", () => {
  const failed = replyBy(MAYA, "Refunded.", { state: "failed", lastError: "552 too big" });
  const noticeOf = (replyId: string, kind: "failed" | "came_back") =>
    mail("", {
      direction: "notice",
      automatic: true,
      notice: { kind, replyId, cause: "too_large", recipients: [], detail: "552 too big", isProven: true },
    });

  test("is announced while another reply is written", async () => {
    const sent = replyBy(MAYA, "Refunded.");
    const notice = noticeOf(sent._id, "came_back");
    showReplyForm(charged);
    await write("One more thing.");
    desk.become(conversation([question, sent, notice], { ...heldBy(MAYA), lastMessageId: notice._id }));
    await afterNews();
    expectSentence(/Read it before you send\./);
    await press("Show it here");
    expect(screen.getByRole("complementary", { name: "Written meanwhile" })).toHaveTextContent(
      "A reply came back: the mail is too large.",
    );
  });

  test("does not hold back its own text, which the form says failed", async () => {
    const notice = noticeOf(failed._id, "failed");
    answer(REPLY, () => {
      const messages = [question, failed, notice];
      desk.become(conversation(messages, { ...heldBy(MAYA), lastMessageId: notice._id }));
      const facts = { detail: "552 too big", messageId: failed._id, ...heldBy(MAYA) };
      return refusal(502, "delivery_failed", "", facts);
    });
    showReplyForm(charged);
    await write("Refunded.");
    await press("Send");
    await waitFor(() => expectSentence(/^Not delivered: the mail is too large\./));
    await afterNews();
    expectSentence(/^Not delivered: the mail is too large\./);
    answer(REPLY, () => ok({ success: true, delivery: "sent", messageId: messageId(), ...heldBy(MAYA) }));
    await write(" Today.");
    await press("Send");
    await waitFor(() => expect(sentReplies()).toHaveLength(2));
    expect(sentReplies()[1]?.lastSeenMessageId).toBe(notice._id);
    expect(askedFor(DELIVERY)).toEqual([]);
  });
});
