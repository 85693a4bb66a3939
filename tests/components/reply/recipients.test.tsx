import { act, cleanup, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import { conversation, mail, messageId, replyBy, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, TOMAS } from "@/tests/support/screen/on-desk";
import {
  addressedTo,
  chips,
  DELIVERY,
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

const question = mail("My card shows two payments.");
const charged = addressedTo(conversation([question], heldBy(MAYA)), {
  cc: [DORA, EVAN],
  recipientsRevision: 4,
});
const accepted = { success: true, delivery: "sent", messageId: messageId(), ...heldBy(MAYA) };
const piotr = { address: "piotr@books.example", name: "Piotr Zieliński", messageId: question._id };

beforeEach(() => {
  localStorage.clear();
  serve(charged);
  answer(REPLY, accepted);
});

function show(detail: TicketDetailResponse): void {
  serve(detail);
  showReplyForm(detail);
}

describe("the recipients of a reply", () => {
  test("are those that came with the ticket, and what is shown is sent with its revision", async () => {
    showReplyForm(charged);
    expect(chips("To")).toEqual([LENA.address]);
    expect(chips("Cc")).toEqual([DORA.address, EVAN.address]);
    await write("Refunded.");
    await press("Send");
    await waitFor(() => expectSentence("Sent to Lena, Dora and Evan."));
    expect(sentReplies()).toMatchObject([
      { to: [LENA.address], cc: [DORA.address, EVAN.address], recipientsRevision: 4 },
    ]);
  });

  test("are without those left out, for one reply", async () => {
    showReplyForm(charged);
    await press("Remove Dora Kent from Cc");
    expect(chips("Cc")).toEqual([EVAN.address]);
    expect(screen.getByRole("button", { name: "Remove Evan Fox from Cc" })).toHaveFocus();
    expectSentence("Removed Dora Kent from Cc.");
    await write("Refunded.");
    await press("Send");
    await waitFor(() => expect(sentReplies()).toMatchObject([{ to: [LENA.address], cc: [EVAN.address] }]));
    await waitFor(() => expect(chips("Cc")).toEqual([DORA.address, EVAN.address]));
  });

  test("keep the writer's edits while the page is away, for this ticket and member alone", async () => {
    showReplyForm(charged);
    await press("Remove Dora Kent from Cc");
    cleanup();
    showReplyForm(charged, { member: TOMAS });
    expect(chips("Cc")).toEqual([DORA.address, EVAN.address]);
    cleanup();
    showReplyForm(charged);
    expect(chips("Cc")).toEqual([EVAN.address]);
  });

  test("can be moved between To and Cc", async () => {
    showReplyForm(charged);
    await press("Dora Kent, dora@kent.example");
    await act(async () => screen.getByRole("menuitem", { name: "Move to To" }).click());
    expect(chips("To")).toEqual([LENA.address, DORA.address]);
    await write("Refunded.");
    await press("Send");
    await waitFor(() =>
      expect(sentReplies()).toMatchObject([{ to: [LENA.address, DORA.address], cc: [EVAN.address] }]),
    );
  });

  test("offer who is new here, and address them only once they are added", async () => {
    const newcomers = [
      { ...piotr, why: "wrote" as const },
      { ...piotr, address: "office@books.example", name: null, why: "reply_to" as const },
      { ...piotr, address: "uta@books.example", name: "Uta", why: "copied" as const },
    ];
    show(addressedTo(charged, { newcomers }));
    const list = screen.getByRole("list", { name: "Cc" });
    expect(list).toHaveTextContent("Piotr Zielińskipiotr@books.example· new here, not addressed");
    expect(list).toHaveTextContent("office@books.example· asks for answers here");
    expect(list).toHaveTextContent("Utauta@books.example· named in a mail, not addressed");
    await press("Add Piotr Zieliński, piotr@books.example, to Cc");
    expect(list).not.toHaveTextContent("new here, not addressed");
    await write("Refunded.");
    await press("Send");
    await waitFor(() =>
      expect(sentReplies()).toMatchObject([
        { to: [LENA.address], cc: ["Piotr Zieliński <piotr@books.example>"] },
      ]),
    );
  });

  test("leave out an address that mail cannot be sent to, and say why", async () => {
    const problem = "accounts@ is not an address that mail can be sent to.";
    const accounts = { address: "accounts@", name: null, role: "copied" as const, problem };
    show(addressedTo(charged, { cc: [DORA], unreachable: [accounts] }));
    expectSentence(`${problem} This reply leaves it out.`);
    expect(screen.getByText("accounts@", { selector: "s" })).toBeInTheDocument();
    await write("Refunded.");
    await press("Send");
    await waitFor(() => expect(sentReplies()).toMatchObject([{ to: [LENA.address], cc: [DORA.address] }]));
  });

  test("can have a wrong address corrected", async () => {
    const problem = "dora(at)kent.example is not an address that mail can be sent to.";
    const wrong = { address: "dora(at)kent.example", name: null, role: "copied" as const, problem };
    answer("GET /api/emails/participants", { suggestions: [] });
    show(addressedTo(charged, { unreachable: [wrong] }));
    await press("Correct it: dora(at)kent.example");
    const field = screen.getByRole("combobox", { name: "Add somebody to Cc" });
    expect(field).toHaveFocus();
    expect(field).toHaveValue("dora(at)kent.example");
    await write("Refunded.");
    await press("Send");
    expectSentence("“dora(at)kent.example” in Cc is not a whole address. Complete it or clear it.");
    expect(sentReplies()).toEqual([]);
  });

  test("are missing before one writes if no address can be mailed, and nothing can be sent", () => {
    show(addressedTo(charged, { to: [] }));
    expectSentence("This ticket has no address that mail can be sent to. Add somebody.");
    expect(screen.getByRole("button", { name: "Send" })).toBeDisabled();
  });

  test("need somebody in To", async () => {
    showReplyForm(charged);
    await press("Remove Lena Hoffmann from To");
    expectSentence("Nobody is in To. Add somebody there.");
    expect(screen.getByRole("button", { name: "Send" })).toBeDisabled();
    expect(screen.getByRole("combobox", { name: "Add somebody to To" })).toHaveFocus();
  });

  test("are folded if there are many", async () => {
    const many = Array.from({ length: 49 }, (_, at) => ({ address: `p${at}@kent.example`, name: null }));
    show(addressedTo(charged, { cc: many }));
    expect(chips("Cc")).toHaveLength(5);
    await press("and 44 more");
    expect(chips("Cc")).toHaveLength(49);
  });

  test("are folded around whoever was just added", async () => {
    answer("GET /api/emails/participants", { suggestions: [] });
    const many = Array.from({ length: 20 }, (_, at) => ({ address: `p${at}@kent.example`, name: null }));
    show(addressedTo(charged, { cc: many }));
    await user().click(field("Cc"));
    await user().keyboard("nora@dietz.example{Enter}");
    expect(chips("Cc")).toHaveLength(6);
    expect(chips("Cc").at(-1)).toBe("nora@dietz.example");
    expect(screen.getByRole("button", { name: "and 15 more" })).toBeInTheDocument();
  });

  test.each([
    ["card", 6, "and 25 more new here"],
    ["sheet", 2, "and 29 more new here"],
  ] as const)("offer the newest of many who are new here, in a %s", async (layout, count, more) => {
    const newcomers = Array.from({ length: 31 }, (_, at) => ({
      ...piotr,
      address: `p${at}@books.example`,
      why: "wrote" as const,
    }));
    const detail = addressedTo(charged, { newcomers });
    serve(detail);
    showReplyForm(detail, { layout });
    if (layout === "sheet") await press(/^To lena@hoffmann.example/);
    expect(chips("Cc").slice(0, 2)).toEqual(["p30@books.example", "p29@books.example"]);
    expect(chips("Cc")).toHaveLength(count);
    await press(more);
    expect(chips("Cc")).toHaveLength(31);
  });

  test("show the desk's own sentence if it refuses one of them", async () => {
    answer(REPLY, () => refusal(422, "invalid_recipient", "support@desk.example is the desk's own address."));
    showReplyForm(charged);
    await write("Refunded.");
    await press("Send");
    await waitFor(() => expectSentence("support@desk.example is the desk's own address."));
    await press("Remove Dora Kent from Cc");
    expect(screen.queryByText(/the desk's own address/)).not.toBeInTheDocument();
    expect(text()).toHaveValue("Refunded.");
  });

  test("are only shown on a ticket that somebody else holds", () => {
    show({ ...charged, ticket: { ...charged.ticket, ...heldBy(PRIYA) } });
    expect(chips("Cc")).toEqual([DORA.address, EVAN.address]);
    expect(screen.queryByRole("button", { name: /^Remove/ })).not.toBeInTheDocument();
    expect(screen.queryByRole("combobox")).not.toBeInTheDocument();
  });
});

describe("a reply that was not delivered", () => {
  const failed = replyBy(MAYA, "Refunded.", { state: "failed", lastError: "Refused." });

  beforeEach(() => {
    const refused = { detail: "Refused.", messageId: failed._id, ...heldBy(MAYA) };
    answer(REPLY, () => refusal(502, "delivery_failed", "Not delivered.", refused));
    answer(DELIVERY, { success: true, messageId: failed._id, state: "queued" });
  });

  async function failWithoutDora(): Promise<void> {
    showReplyForm(charged);
    await press("Remove Dora Kent from Cc");
    await write("Refunded.");
    await press("Send");
    await waitFor(() => expectSentence("Not delivered"));
  }

  test("is retried to the recipients it had", async () => {
    await failWithoutDora();
    cleanup();
    show(addressedTo(charged, { cc: [DORA], recipientsRevision: 5 }));
    expect(chips("Cc")).toEqual([EVAN.address]);
    await press("Send");
    await waitFor(() => expect(askedFor(DELIVERY)).toHaveLength(1));
    expect(sentReplies()).toHaveLength(1);
  });

  test("is a new reply once its recipients are changed", async () => {
    await failWithoutDora();
    answer(REPLY, accepted);
    await press("Remove Evan Fox from Cc");
    await press("Send");
    await waitFor(() => expectSentence("Sent to Lena."));
    const [first, second] = sentReplies();
    expect(second).toMatchObject({ to: [LENA.address], cc: [] });
    expect(second?.key).not.toBe(first?.key);
  });
});
