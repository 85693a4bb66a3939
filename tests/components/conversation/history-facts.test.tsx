import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { HistoryLine, TicketMessage } from "@/lib/api/vocabulary";
import { conversation, line, mail, person, replyBy, serve } from "@/tests/support/factories/conversations";
import { row } from "@/tests/support/factories/notices";
import { heldBy, MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 10, 9, minute)).toISOString();

function show(messages: TicketMessage[], history: HistoryLine[]) {
  const detail = conversation([mail("My card shows two payments."), ...messages], heldBy(MAYA), history);
  serve(detail);
  renderOnDesk(<TicketScreen rendered={detail} />);
}

const history = () =>
  within(screen.getByRole("region", { name: "History" }))
    .getAllByRole("listitem")
    .map((item) => item.querySelector("p")?.textContent);
/** The lines between the messages, with the words that came with them. */
const between = () =>
  [...screen.getByRole("list", { name: "Conversation" }).querySelectorAll("li[data-line]")].map((item) =>
    [...item.querySelectorAll("p")].map((part) => part.textContent?.replace(/ (at|on) [^()]*\d\d:\d\d/, "")),
  );

beforeEach(() => localStorage.clear());

describe("the history beside a conversation", () => {
  test("tells each outcome of one reply apart: refused, unconfirmed, and gone out after all", () => {
    const reply = replyBy(MAYA, "Refunded.", { sentAt: at(10) });
    const settled = (minute: number) =>
      line({ kind: "delivery_settled", way: "system", at: at(minute), messageId: reply._id });
    show(
      [
        reply,
        { ...row(reply, { kind: "failed" }), sentAt: at(11) },
        { ...row(reply, { kind: "unconfirmed" }), sentAt: at(20) },
      ],
      [settled(11), settled(20), settled(21)],
    );
    expect(history()).toEqual([
      "A reply went out after all.",
      "The mail server broke off before confirming a reply.",
      "A reply was not delivered.",
    ]);
  });

  test("has the note of a hand-over, as the line between the messages does", () => {
    const given = { by: person(PRIYA), assignee: person(MAYA), formerAssignee: person(PRIYA) };
    show([], [line({ kind: "reassigned", note: "You know her", ...given })]);
    expect(between()).toEqual([["Priya gave this to you:", "“You know her”"]]);
    expect(history()).toEqual(["Priya gave this to you:"]);
  });

  test("tells who declined the ticket, which between the messages a row of its own tells", () => {
    const declined = { kind: "declined", by: person(PRIYA), assignee: person(PRIYA) } as const;
    show([], [line({ ...declined, note: "I am away" })]);
    expect(between()).toEqual([]);
    expect(history()).toEqual(["Priya declined this:"]);
  });

  test("tells between the messages that the customer's mail took the ticket from somebody who left", () => {
    const again = mail("Hello?", { sentAt: at(30) });
    const told = { messageId: again._id, assignee: person(PRIYA), way: "mail" } as const;
    show([again], [line({ kind: "customer_replied", at: at(30), ...told })]);
    expect(between()).toEqual([["Lena’s answer unclaimed this (Priya is no longer on the team)."]]);
  });
});
