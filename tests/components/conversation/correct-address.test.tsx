import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { Notice, TicketMessage } from "@/lib/api/vocabulary";
import { conversation, mail, replyBy, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, heldAnswer, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";
import {
  addressedTo,
  chips,
  DORA,
  LENA,
  press,
  REPLY,
  sentReplies,
  text,
  write,
} from "@/tests/support/screen/replying";

const PARTICIPANTS = "POST /api/emails/participants";
const RIGHT = { address: "lena.h@hoffmann.example", name: "Lena Hoffmann" };
const question = mail("My card shows two payments.");
const lost = replyBy(MAYA, "Refunded.", { cc: [DORA.address], state: "came_back" });

function bounce(address: string, notice: Partial<Notice> = {}): TicketMessage {
  const recipients = [{ address, status: null, detail: "550 no" }];
  const about = { kind: "came_back", replyId: lost._id, recipients, detail: "", isProven: true } as const;
  return mail("", { automatic: true, notice: { ...about, cause: "no_mailbox", ...notice } });
}

const withPeople = (messages: TicketMessage[], to = LENA, holder = MAYA) =>
  addressedTo(conversation([question, ...messages], heldBy(holder)), { to: [to], cc: [DORA] });

function show(
  notice: TicketMessage,
  reply = lost,
  holder = MAYA,
  detail = withPeople([reply, notice], LENA, holder),
) {
  const desk = serve(detail);
  renderOnDesk(<TicketScreen rendered={detail} />, { member: MAYA });
  answer(PARTICIPANTS, () => {
    // A new customer counts from now on, under the name of the old one.
    const next = withPeople([reply, notice], RIGHT);
    next.participants = next.participants.map((person) =>
      person.address === RIGHT.address ? { ...person, role: "customer" } : person,
    );
    desk.become({ ...next, recipientsRevision: 1, ticket: { ...next.ticket, recipientsRevision: 1 } });
    return { status: 200, body: { success: true, ...next } };
  });
  return desk;
}

const card = () => within(screen.getByRole("article", { name: "Reply by You" }));
const pressIn = (name: string) => userEvent.click(card().getByRole("button", { name }));
const field = () => card().getByRole("textbox", { name: "The right address" });

async function correct(dead: string, right: string) {
  await pressIn(`Correct the address… ${dead}`);
  await userEvent.clear(field());
  await userEvent.type(field(), right);
  await pressIn("Correct it");
}

beforeEach(() => localStorage.clear());

describe("the address of a reply that came back", () => {
  test("is corrected in the ticket, and the text is ready to be sent there", async () => {
    show(bounce(LENA.address));
    answer(REPLY, () => refusal(422, "no_recipient", "Not sent."));
    await correct(LENA.address, RIGHT.address);
    await waitFor(() => expect(text()).toHaveFocus());
    expect(text()).toHaveValue("Refunded.");
    expect(chips("To")).toEqual([RIGHT.address]);
    expect(askedFor(PARTICIPANTS)[0]?.body).toMatchObject({
      customer: `Lena Hoffmann <${RIGHT.address}>`,
      remove: [LENA.address],
    });
    expect(card().getByText("The address is corrected.")).toBeVisible();
    expect(card().queryByRole("button", { name: /^Correct/ })).not.toBeInTheDocument();
    await press("Send");
    await waitFor(() => expect(sentReplies()).toHaveLength(1));
    expect(sentReplies()[0]).toMatchObject({
      to: [RIGHT.address],
      cc: [DORA.address],
      recipientsRevision: 1,
    });
  });

  test("of somebody copied is replaced, and the customer stays", async () => {
    show(bounce(DORA.address));
    await correct(DORA.address, "dora.kent@kent.example");
    await waitFor(() => expect(askedFor(PARTICIPANTS)).toHaveLength(1));
    const { threadId, ...change } = Object(askedFor(PARTICIPANTS)[0]?.body);
    expect(threadId).toBeTruthy();
    expect(change).toEqual({ add: ["Dora Kent <dora.kent@kent.example>"], remove: [DORA.address] });
  });

  test("stays corrected if the form hears only then that the reply was refused", async () => {
    const failed = { ...lost, state: "failed" as const };
    const notice = bounce(LENA.address, { kind: "failed" });
    const desk = show(notice, failed, MAYA, withPeople([]));
    const held = heldAnswer();
    answer(REPLY, held.answering);
    await write(lost.text);
    await press("Send");
    desk.become(withPeople([failed, notice]));
    await screen.findByRole("article", { name: "Reply by You" }, { timeout: 5_000 });
    await correct(LENA.address, RIGHT.address);
    await waitFor(() => expect(card().getByText("The address is corrected.")).toBeVisible());
    held.give(refusal(502, "delivery_failed", "", { detail: "", messageId: lost._id, ...heldBy(MAYA) }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Send" })).toBeEnabled());
    await waitFor(() => expect(screen.queryByText("Sending")).not.toBeInTheDocument(), { timeout: 5_000 });
    answer(REPLY, () => refusal(422, "no_recipient", "Not sent."));
    await press("Send");
    await waitFor(() => expect(sentReplies()).toHaveLength(2));
    expect(sentReplies()[1]).toMatchObject({ to: [RIGHT.address] });
  });

  test("is corrected without losing a draft", async () => {
    show(bounce(LENA.address));
    await write("One more thing.");
    await correct(LENA.address, RIGHT.address);
    expect(await card().findByText("Your draft is kept. The reply’s text is above.")).toBeVisible();
    expect(text()).toHaveValue("One more thing.");
    expect(text()).toHaveFocus();
  });

  test("stands in the field, and stays as it is after Cancel, with the focus on the button", async () => {
    show(bounce(LENA.address));
    await pressIn(`Correct the address… ${LENA.address}`);
    expect(field()).toHaveFocus();
    expect(field()).toHaveValue(LENA.address);
    await pressIn("Cancel");
    expect(card().getByRole("button", { name: `Correct the address… ${LENA.address}` })).toHaveFocus();
    expect(askedFor(PARTICIPANTS)).toEqual([]);
  });

  test("is not corrected to one that the desk refuses, which says why", async () => {
    show(bounce(LENA.address));
    answer(PARTICIPANTS, () => refusal(422, "invalid_recipient", "“lena” is no mail address."));
    await correct(LENA.address, "lena");
    expect(await card().findByText("“lena” is no mail address.")).toBeVisible();
    expect(field()).toHaveValue("lena");
  });

  test.each([
    ["was refused for it", { ...lost, state: "failed" as const }, { kind: "failed", recipients: [] }, true],
    [
      "is another address than the ticket's",
      lost,
      { recipients: [{ ...RIGHT, status: null, detail: "" }] },
      false,
    ],
    ["is not the cause", lost, { cause: "mailbox_full" }, false],
  ] as const)("is offered only if it can be wrong: %s", (_title, reply, notice, isOffered) => {
    show(bounce(LENA.address, notice as Partial<Notice>), reply);
    const name = `Correct the address… ${LENA.address}`;
    expect(card().queryAllByRole("button", { name })).toHaveLength(isOffered ? 1 : 0);
  });

  test("is corrected by the assignee alone", () => {
    show(bounce(LENA.address), lost, PRIYA);
    expect(card().queryByRole("button", { name: /^Correct/ })).not.toBeInTheDocument();
  });
});
