import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { conversation, mail, replyBy, serve } from "@/tests/support/factories/conversations";
import { BOX, report, row, WORDS } from "@/tests/support/factories/notices";
import { heldBy, MAYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const reply = (overrides: Partial<TicketMessage> = {}) => replyBy(MAYA, "Refunded.", overrides);
const card = () => within(screen.getByRole("article", { name: "Reply by You" }));
const told = (words: RegExp) => card().getByText(words).textContent?.replace(/\s+/g, " ").trim();

function show(messages: TicketMessage[]) {
  const detail = conversation([mail("My card shows two payments."), ...messages], heldBy(MAYA));
  serve(detail);
  renderOnDesk(<TicketScreen rendered={detail} />, { member: MAYA });
}

beforeEach(() => localStorage.clear());

describe("several notices about a reply", () => {
  const bounce = (about: TicketMessage, address = BOX) =>
    report(about, { recipients: [{ address, status: null, detail: `no ${address}` }] });
  const current = () => card().getAllByText(/^(Came back|Not delivered)( from \S+)?[:.]$/);
  const before = () => card().queryAllByText(/^Before:/);

  test("show the newest about the same recipients as current, also after a refusal and two attempts", () => {
    const undelivered = [{ address: BOX, detail: WORDS }];
    const lost = reply({ to: [BOX], state: "came_back", undelivered });
    show([lost, row(lost, { kind: "failed", detail: "550 No" }), bounce(lost), bounce(lost)]);
    expect(current()).toHaveLength(1);
    expect(card().queryByText("550 No")).not.toBeInTheDocument();
    expect(before().map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^Before: Came back from/),
      expect.stringMatching(/^Before: Not delivered: the mailbox does not exist\./),
    ]);
  });

  test("show a second refusal alone", () => {
    const refused = reply({ state: "failed" });
    const twice = [1, 2].map((time) => row(refused, { kind: "failed", detail: `550 No ${time}` }));
    show([refused, ...twice]);
    expect(current()).toHaveLength(1);
    expect(card().getByText("550 No 2")).toBeVisible();
    expect(before()).toHaveLength(1);
  });

  test("are all current if each is about another recipient", () => {
    const partly = reply({ to: [BOX, "vera@vance.example"], state: "came_back" });
    show([partly, bounce(partly), bounce(partly, "vera@vance.example")]);
    expect(current()).toHaveLength(2);
    expect(before()).toEqual([]);
  });

  test("that are history are three lines at most, equal neighbours as one, and the number of the others", () => {
    const lost = reply({ to: [BOX], state: "came_back" });
    const elsewhere = [..."abcdefgh"].map((name) => bounce(lost, `${name}@elsewhere.example`));
    show([lost, ...elsewhere, ...Array.from({ length: 4 }, () => bounce(lost))]);
    expect(before().map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^Before: Came back from accounts@.* exist\. \(3 times\) \d\d:\d\d$/),
      expect.stringMatching(/^Before: Came back from g@/),
      expect.stringMatching(/^Before: Came back from f@/),
    ]);
    expect(card().getByText("and 5 more")).toBeVisible();
  });

  test("do not promise an attempt in history", () => {
    const sent = reply();
    show([sent, row(sent, { kind: "delayed", cause: "unreachable" })]);
    expect(card().getByText("Sent")).toBeVisible();
    expect(told(/^Before:/)).toMatch(
      /^Before: Not delivered yet: their mail server could not be reached\. \d\d:\d\d$/,
    );
  });

  test("mark a sent reply as delayed if its recipient's mail server says so", () => {
    const sent = reply();
    show([sent, report(sent, { kind: "delayed", recipients: [] })]);
    expect(card().getByText("Delayed")).toHaveClass("text-unclaimed");
    expect(card().queryByText("Sent")).not.toBeInTheDocument();
  });
});
