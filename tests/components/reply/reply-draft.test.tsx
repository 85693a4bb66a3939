import { act, cleanup, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { renderToString } from "react-dom/server";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { ReplyForm } from "@/components/ReplyForm";
import { DeskProviders } from "@/components/shell/DeskProviders";
import { conversation, mail, messageId, replyBy, serve } from "@/tests/support/factories/conversations";
import { answer, heldAnswer, ok } from "@/tests/support/screen/desk-answers";
import {
  MAYA,
  NO_COUNTS,
  TOMAS,
  heldBy,
  recordingRouter,
  renderOnDesk,
} from "@/tests/support/screen/on-desk";
import {
  press,
  REPLY,
  Replying,
  sentReplies,
  showReplyForm,
  text,
  write,
} from "@/tests/support/screen/replying";

const question = mail("My card shows two payments.");
const charged = conversation([question], heldBy(MAYA));
const accepted = { success: true, delivery: "sent", messageId: messageId(), ...heldBy(MAYA) };

beforeEach(() => {
  localStorage.clear();
  serve(charged);
});

const KEPT = `claimdesk:draft:${MAYA.id}:${charged.ticket._id}`;

function Leaving() {
  const [isThere, setIsThere] = useState(true);
  return (
    <>
      <button onClick={() => setIsThere(!isThere)}>Leave or return</button>
      {isThere && <Replying rendered={charged} />}
    </>
  );
}

describe("the draft of a reply", () => {
  test("is saved at every keystroke, and the form says so", async () => {
    showReplyForm(charged);
    expect(screen.queryByText(/^Draft saved/)).not.toBeInTheDocument();
    await write("R");
    expect(screen.getByText(/^Draft saved/)).toBeInTheDocument();
  });

  test("is restored after the page was left, with its status and the newest message read", async () => {
    showReplyForm(charged);
    await write("Half a sen");
    await press("Then: In progress");
    await act(async () => screen.getByRole("menuitemradio", { name: "Resolved" }).click());
    cleanup();

    const newer = mail("One more thing.");
    answer(REPLY, accepted);
    showReplyForm(conversation([question, newer], { ...heldBy(MAYA), _id: charged.ticket._id }));
    expect(text()).toHaveValue("Half a sen");
    await write("tence.");
    await press("Send");
    await waitFor(() => expect(sentReplies()).toHaveLength(1));
    expect(sentReplies()[0]).toMatchObject({
      text: "Half a sentence.",
      status: "resolved",
      lastSeenMessageId: question._id,
    });
  });

  test("belongs to one ticket and one member", async () => {
    showReplyForm(charged);
    await write("Only here, only mine.");
    cleanup();
    const other = conversation([mail("Another question.")]);
    serve(other);
    showReplyForm(other);
    expect(text()).toHaveValue("");
    cleanup();
    showReplyForm(charged, { member: TOMAS });
    expect(text()).toHaveValue("");
    cleanup();
    showReplyForm(charged);
    expect(text()).toHaveValue("Only here, only mine.");
  });

  test("stays until the desk has accepted it, even if the page is left while it is sent", async () => {
    const held = heldAnswer();
    answer(REPLY, held.answering);
    renderOnDesk(<Leaving />);
    await write("Refunded.");
    await press("Send");
    await press("Leave or return");
    expect(screen.queryByRole("textbox")).not.toBeInTheDocument();
    await press("Leave or return");
    expect(text()).toHaveValue("Refunded.");

    held.give(ok(accepted));
    await waitFor(() => expect(text()).toHaveValue(""));
    expect(localStorage).toHaveLength(0);
  });

  test("keeps text that was added while it was sent, as the next reply", async () => {
    const held = heldAnswer();
    answer(REPLY, held.answering);
    renderOnDesk(<Leaving />);
    await write("Refunded.");
    await press("Send");
    await press("Leave or return");
    await press("Leave or return");
    await write(" And one more thing.");

    held.give(ok(accepted));
    answer(REPLY, accepted);
    await waitFor(() => expect(localStorage.getItem(KEPT)).toContain(accepted.messageId));
    expect(text()).toHaveValue("Refunded. And one more thing.");
    await press("Send");
    await waitFor(() => expect(sentReplies()).toHaveLength(2));
    const [first, second] = sentReplies();
    expect(second).toMatchObject({
      text: "Refunded. And one more thing.",
      lastSeenMessageId: accepted.messageId,
    });
    expect(second?.key).not.toBe(first?.key);
  });

  test("is the same in every tab of the browser", async () => {
    showReplyForm(charged);
    await write("Written here");
    const stored = localStorage.getItem(KEPT) ?? "";
    localStorage.setItem(KEPT, stored.replace("Written here", "Written there"));
    act(() => void window.dispatchEvent(new StorageEvent("storage", { key: KEPT })));
    expect(text()).toHaveValue("Written there");
  });

  test("can be written without storage, and the form says that it is not saved", async () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("Full", "QuotaExceededError");
    });
    answer(REPLY, accepted);
    showReplyForm(charged);
    await write("Refunded.");
    expect(screen.getByText("Draft not saved, keep this page open")).toBeInTheDocument();
    await press("Send");
    await waitFor(() => expect(text()).toHaveValue(""));
    expect(sentReplies()).toMatchObject([{ text: "Refunded." }]);
  });

  test.each([
    ["is gone if the conversation shows the beginning of its long text as the reply", "", true],
    ["stays if the reply in the conversation only begins like it", " And one more thing.", false],
  ])("%s", async (_, more, isGone) => {
    const sent = "x".repeat(40_000);
    const reply = replyBy(MAYA, sent.slice(0, 32_768), { isClipped: true, textBytes: sent.length });
    const kept = { text: sent + more, then: "in_progress", seen: question._id, key: "k", isKeySpent: false };
    localStorage.setItem(KEPT, JSON.stringify({ ...kept, isUnanswered: true, failedAs: null }));
    const { ticket } = charged;
    const detail = { ...conversation([question, reply], heldBy(MAYA)), ticket };
    serve(detail);
    showReplyForm(detail);
    await waitFor(() => expect(text()).toHaveValue(isGone ? "" : sent + more));
  });

  test("starts empty if the stored one cannot be read", () => {
    localStorage.setItem(KEPT, "{not ours");
    showReplyForm(charged);
    expect(text()).toHaveValue("");
  });

  test("keeps text that was typed before the page was ready to listen", async () => {
    const { WithRouter } = recordingRouter();
    const page = (
      <WithRouter>
        <DeskProviders member={MAYA} now={new Date().toISOString()} counts={NO_COUNTS}>
          <ReplyForm
            ticket={charged.ticket}
            conversation={charged}
            messages={charged.messages}
            refresh={async () => {}}
          />
        </DeskProviders>
      </WithRouter>
    );
    const container = document.createElement("div");
    document.body.append(container);
    container.innerHTML = renderToString(page);
    const field = container.querySelector("textarea");
    if (field) field.value = "Typed early";
    const { rerender } = render(page, { container, hydrate: true });
    rerender(page);
    expect(text()).toHaveValue("Typed early");
    expect(screen.getByText(/^Draft saved/)).toBeInTheDocument();
    await write(", and late.");
    expect(text()).toHaveValue("Typed early, and late.");
  });
});
