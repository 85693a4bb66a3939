import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { conversation, mail, messageId, replyBy, serve } from "@/tests/support/factories/conversations";
import {
  answer,
  askedFor,
  goOffline,
  goOnline,
  ok,
  refusal,
  type Answer,
} from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA } from "@/tests/support/screen/on-desk";
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
const accepted = { success: true, delivery: "sent", messageId: messageId(), ...heldBy(MAYA) };
const failed = replyBy(MAYA, "Refunded.", { state: "failed", lastError: "The address doesn’t exist." });
const notDelivered = refusal(502, "delivery_failed", "Not delivered.", {
  detail: "The address doesn’t exist.",
  messageId: failed._id,
  ...heldBy(MAYA),
});
let desk: ReturnType<typeof serve>;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  localStorage.clear();
  desk = serve(charged);
});
afterEach(() => {
  vi.useRealTimers();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

/** Sends "Refunded." to a desk that gives `answers`, one after the other. */
async function sendAndGet(...answers: Answer[]): Promise<void> {
  answer(REPLY, () => answers.shift() ?? ok(accepted));
  showReplyForm(charged);
  await write("Refunded.");
  await press("Send");
}

/** Sends "Refunded." to a desk that gives `nothing` as its answer until the page gives up. */
async function sendWithoutAnswer(nothing: Answer = "unreachable"): Promise<void> {
  answer(REPLY, () => nothing);
  showReplyForm(charged);
  await write("Refunded.");
  await press("Send");
  await later(10_500);
  expectSentence("The desk did not confirm your reply. Your text is kept");
}

describe("a reply that was not sent", () => {
  test("says who holds the ticket, and keeps the text", async () => {
    const fourMinutesAgo = new Date(Date.now() - 241_000).toISOString();
    await sendAndGet(refusal(409, "already_claimed", "", heldBy(PRIYA, fourMinutesAgo)));
    await waitFor(() => expectSentence(/Priya holds this since .*\d\. Your text is kept\./));
    expect(text()).toHaveValue("Refunded.");
  });

  test("says that the member was signed out, with a link that returns here", async () => {
    await sendAndGet(refusal(401, "unauthenticated", "Sign in to continue."));
    await waitFor(() => expectSentence("Not sent: you were signed out. Your text is kept."));
    expect(screen.getByRole("link", { name: "Sign in" })).toHaveAttribute(
      "href",
      "/sign-in?next=%2Fdashboard%2Ftickets%2Funassigned",
    );
    expect(text()).toHaveValue("Refunded.");
  });

  test("shows the desk's own sentence for every other reason", async () => {
    await sendAndGet(refusal(422, "no_recipient", "This ticket has no address that mail can be sent to."));
    await waitFor(() => expectSentence("This ticket has no address that mail can be sent to."));
    expect(text()).toHaveValue("Refunded.");
  });

  test("takes a new key for another text after a refusal", async () => {
    await sendAndGet(refusal(422, "no_recipient", "Not sent."));
    await waitFor(() => expectSentence("Not sent."));
    await write(" Today.");
    await press("Send");
    await waitFor(() => expect(text()).toHaveValue(""));
    const [first, second] = sentReplies();
    expect(second?.text).toBe("Refunded. Today.");
    expect(second?.key).not.toBe(first?.key);
  });
});

describe("a reply without an answer", () => {
  test.each([
    ["the network is down", "unreachable" as const],
    ["the database is away", refusal(503, "unavailable", "")],
    ["the desk stumbled", refusal(500, "internal_error", "Something went wrong on our side.")],
  ])("is kept, and sent again under the same key, when %s", async (_why, nothing) => {
    await sendWithoutAnswer(nothing);
    expect(text()).toHaveValue("Refunded.");

    answer(REPLY, accepted);
    await press("Try again");
    await waitFor(() => expectSentence("Sent to Lena."));
    const [first, ...others] = sentReplies();
    for (const other of others) expect(other).toEqual(first);
  });

  test("keeps its key under a changed text, so that two versions can never both go out", async () => {
    await sendWithoutAnswer();
    answer(REPLY, accepted);
    await write(" Today.");
    await press("Send");
    await waitFor(() => expect(text()).toHaveValue(""));
    expect(sentReplies().at(-1)).toMatchObject({ text: "Refunded. Today.", key: sentReplies()[0]?.key });
  });

  test("shows an earlier version that was accepted, and sends the new one after Send anyway", async () => {
    const earlier = replyBy(MAYA, "Refunded.");
    await sendWithoutAnswer();
    answer(REPLY, () => refusal(409, "key_reused", "", { text: "Refunded." }));
    await write(" Today.");
    await press("Send");
    await waitFor(() => expectSentence("Not sent: an earlier version of this text was accepted before."));
    expect(screen.getByRole("complementary", { name: "Accepted before" })).toHaveTextContent("Refunded.");
    expect(text()).toHaveValue("Refunded. Today.");

    desk.become(conversation([question, earlier], heldBy(MAYA)));
    await afterNews();
    answer(REPLY, accepted);
    await press("Send anyway");
    await waitFor(() => expect(text()).toHaveValue(""));
    const last = sentReplies().at(-1);
    expect(last).toMatchObject({ text: "Refunded. Today.", lastSeenMessageId: earlier._id });
    expect(last?.key).not.toBe(sentReplies()[0]?.key);
  });

  test.each([
    ["and the text is cleared", "", ""],
    ["and a changed text is kept", " Today.", "Refunded. Today."],
  ])("is confirmed once the conversation shows it, %s", async (_title, more, left) => {
    await sendWithoutAnswer();
    if (more) await write(more);
    desk.become(conversation([question, replyBy(MAYA, "Refunded.")], heldBy(MAYA)));
    await afterNews();
    expect(text()).toHaveValue(left);
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  test("is not sent again by itself when the desk answers again", async () => {
    await sendWithoutAnswer();
    const attempts = sentReplies().length;
    await afterNews();
    expect(sentReplies()).toHaveLength(attempts);
  });
});

describe("a reply without a connection", () => {
  beforeEach(async () => {
    answer(REPLY, accepted);
    showReplyForm(charged);
    await write("Refunded.");
    goOffline();
    await press("Send");
    await waitFor(() =>
      expectSentence("Waiting for the connection. Your reply is sent as soon as it is back."),
    );
  });

  test("waits, and is sent once when the connection is back", async () => {
    await later(60_000);
    goOnline();
    await waitFor(() => expectSentence("Sent to Lena."));
    expect(sentReplies()).toHaveLength(1);
  });

  test("can be stopped, and keeps its text", async () => {
    await press("Don’t send");
    goOnline();
    await afterNews();
    expect(sentReplies()).toEqual([]);
    await write(" Today.");
    expect(text()).toHaveValue("Refunded. Today.");
  });
});

describe("a reply that the mail server refused", () => {
  test("says the cause, without the mail server's words, and keeps the text", async () => {
    const detail = "550 5.1.1 see https://evil.example/pay";
    const row = mail("", {
      direction: "notice",
      automatic: true,
      notice: {
        kind: "failed",
        replyId: failed._id,
        cause: "no_mailbox",
        recipients: [],
        detail,
        isProven: true,
      },
    });
    desk.become(conversation([question, failed, row], heldBy(MAYA)));
    await sendAndGet(notDelivered);
    await waitFor(() =>
      expectSentence(/^Not delivered: the mailbox does not exist\. Your text is kept here\.$/),
    );
    expect(text()).toHaveValue("Refunded.");
    expect(screen.queryByText(/evil/)).not.toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /again|retry/i })).not.toBeInTheDocument();
  });

  test("names no cause that the page does not know", async () => {
    await sendAndGet(notDelivered);
    await waitFor(() => expectSentence(/^Not delivered\. Your text is kept here\.$/));
  });

  test("is retried as the same reply if its text is unchanged, which is cleared once it is sent", async () => {
    await sendAndGet(notDelivered);
    await waitFor(() => expectSentence("Not delivered"));
    answer(DELIVERY, { success: true, messageId: failed._id, state: "queued" });
    desk.become(conversation([question, { ...failed, state: "queued", lastError: null }], heldBy(MAYA)));
    await press("Send");
    await waitFor(() => expectSentence("Being sent again."));
    expect(askedFor(DELIVERY)[0]?.body).toEqual({ messageId: failed._id, action: "retry" });
    expect(sentReplies()).toHaveLength(1);
    expect(text()).toHaveValue("Refunded.");

    desk.become(conversation([question, { ...failed, state: "sent", lastError: null }], heldBy(MAYA)));
    await afterNews();
    expect(text()).toHaveValue("");
  });

  test("is a new reply with a new key once its text is changed", async () => {
    await sendAndGet(notDelivered);
    await waitFor(() => expectSentence("Not delivered"));
    await write(" Today.");
    await press("Send");
    await waitFor(() => expectSentence("Sent to Lena."));
    const [first, second] = sentReplies();
    expect(second).toMatchObject({ text: "Refunded. Today.", lastSeenMessageId: failed._id });
    expect(second?.key).not.toBe(first?.key);
  });
});
