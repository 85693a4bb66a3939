import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { conversation, mail, messageId, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA } from "@/tests/support/screen/on-desk";
import {
  addressedTo,
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
  user,
  write,
} from "@/tests/support/screen/replying";

const UTA = { address: "uta@sommer.example", name: "Uta Sömmer" };
const SUGGESTIONS = "GET /api/emails/participants";
const charged = addressedTo(conversation([mail("My card shows two payments.")], heldBy(MAYA)), {
  cc: [DORA],
});

beforeEach(() => {
  localStorage.clear();
  serve(charged);
  answer(SUGGESTIONS, { suggestions: [EVAN, DORA, UTA, { address: "desk@evans.example", name: null }] });
  answer(REPLY, { success: true, delivery: "sent", messageId: messageId(), ...heldBy(MAYA) });
});

async function type(keys: string, row: "To" | "Cc" = "Cc"): Promise<void> {
  await user().click(field(row));
  await user().keyboard(keys);
}

const options = () => screen.queryAllByRole("option").map((option) => option.title);

describe("adding somebody to a reply", () => {
  test("takes a typed address on Enter, and is sent", async () => {
    showReplyForm(charged);
    await type("nora@dietz.example{Enter}");
    expect(chips("Cc")).toEqual([DORA.address, "nora@dietz.example"]);
    expect(field("Cc")).toHaveValue("");
    expectSentence("Added nora@dietz.example to Cc.");
    await write("Refunded.");
    await press("Send");
    await waitFor(() =>
      expect(sentReplies()).toMatchObject([{ to: [LENA.address], cc: [DORA.address, "nora@dietz.example"] }]),
    );
  });

  test("takes a whole address when the field is left, and refuses to send half of one", async () => {
    showReplyForm(charged);
    await type("nora@dietz.example");
    await write("Refunded.");
    expect(chips("Cc")).toContain("nora@dietz.example");
    await type("uta");
    await press("Send");
    expectSentence("“uta” in Cc is not a whole address. Complete it or clear it.");
    expect(sentReplies()).toEqual([]);
  });

  test("takes a whole address by the press on Send, and moves nothing before the press is over", async () => {
    showReplyForm(charged);
    await write("Refunded.");
    await type("nora@dietz.example");
    const pointer = user();
    const target = screen.getByRole("button", { name: "Send" });
    await pointer.pointer({ keys: "[MouseLeft>]", target });
    expect(field("Cc")).not.toHaveFocus();
    expect(chips("Cc")).toEqual([DORA.address]);
    await pointer.pointer({ keys: "[/MouseLeft]", target });
    await waitFor(() => expect(sentReplies()).toMatchObject([{ cc: [DORA.address, "nora@dietz.example"] }]));
  });

  test("takes the address and sends by Ctrl and Enter", async () => {
    showReplyForm(charged);
    await write("Refunded.");
    await type("nora@dietz.example{Control>}{Enter}{/Control}");
    await waitFor(() => expect(sentReplies()).toMatchObject([{ cc: [DORA.address, "nora@dietz.example"] }]));
  });

  test("leaves those where they are who are in a row already, and says so", async () => {
    showReplyForm(charged);
    await type("LENA@hoffmann.example{Enter}");
    expectSentence("Lena Hoffmann is already in To.");
    expect(screen.getByText("Lena Hoffmann is already in To.")).not.toHaveClass("sr-only");
    await user().paste(`${LENA.address}, ${EVAN.address}`);
    expect(chips("To")).toEqual([LENA.address]);
    expect(chips("Cc")).toEqual([DORA.address, EVAN.address]);
  });

  test("offers people of this ticket and the customer's earlier ones, by arrows and Enter", async () => {
    showReplyForm(charged);
    await type("ev");
    await waitFor(() => expect(options()).toEqual([EVAN.address, "desk@evans.example"]));
    expect(askedFor(SUGGESTIONS)[0]?.query.get("threadId")).toBe(charged.ticket._id);
    await user().keyboard("{ArrowDown}{ArrowDown}");
    const second = screen.getByRole("option", { name: "desk@evans.example" });
    expect(field("Cc")).toHaveAttribute("aria-activedescendant", second.id);
    await user().keyboard("{ArrowUp}{Enter}");
    expect(chips("Cc")).toEqual([DORA.address, EVAN.address]);
    expect(screen.queryByRole("listbox")).not.toBeInTheDocument();
  });

  test("finds a name without its accents", async () => {
    showReplyForm(charged);
    await type("sommer uta");
    await waitFor(() => expect(options()).toEqual([UTA.address]));
    await user().keyboard("{Enter}");
    expect(chips("Cc")).toContain(UTA.address);
  });

  test("closes the offers on Escape and keeps what was typed", async () => {
    showReplyForm(charged);
    await type("ev");
    await waitFor(() => expect(options()).toHaveLength(2));
    await user().keyboard("{Escape}");
    expect(field("Cc")).toHaveAttribute("aria-expanded", "false");
    expect(field("Cc")).toHaveValue("ev");
  });

  test("offers those who were left out again, first", async () => {
    showReplyForm(charged);
    await press("Remove Dora Kent from Cc");
    expect(field("Cc")).toHaveFocus();
    await user().click(field("Cc"));
    await waitFor(() =>
      expect(options()).toEqual([DORA.address, EVAN.address, UTA.address, "desk@evans.example"]),
    );
    await user().click(screen.getByRole("option", { name: /Dora Kent/ }));
    expect(chips("Cc")).toEqual([DORA.address]);
    expect(localStorage).toHaveLength(0);
  });

  test("takes a pasted list, each address once", async () => {
    showReplyForm(charged);
    await user().click(field("Cc"));
    await user().paste(
      '"Kent, Dora" <DORA@kent.example>; Evan Fox <evan@fox.example>, uta@fox.example\nnobody',
    );
    expect(chips("Cc")).toEqual([DORA.address, EVAN.address, "uta@fox.example"]);
    expect(field("Cc")).toHaveValue("nobody");
    expectSentence("“nobody” is not a whole address.");
  });

  test("removes the last one by Backspace in the empty field, after a press that marks it", async () => {
    showReplyForm(charged);
    await type("{Backspace}");
    expectSentence("Dora Kent is marked. Press Backspace again to remove.");
    expect(chips("Cc")).toEqual([DORA.address]);
    await user().keyboard("{Escape}{Backspace}");
    expect(chips("Cc")).toEqual([DORA.address]);
    await user().keyboard("{Backspace}");
    expect(chips("Cc")).toEqual([]);
  });

  test("is possible while the suggestions wait, when there are none, and when they fail", async () => {
    const held = heldAnswer();
    answer(SUGGESTIONS, held.answering);
    showReplyForm(charged);
    await type("nora");
    expectSentence("Looking for people…");
    held.give(ok({ suggestions: [] }));
    await waitFor(() => expectSentence("Nobody here is called that. Type a whole address."));
    await user().keyboard("@dietz.example{Enter}");
    expect(chips("Cc")).toContain("nora@dietz.example");
  });

  test("says that nobody can be suggested if the desk cannot be asked", async () => {
    answer(SUGGESTIONS, () => refusal(500, "internal_error", "Something went wrong."));
    showReplyForm(charged);
    await type("nora");
    await waitFor(() => expectSentence("Nobody can be suggested now. Type a whole address."));
  });
});
