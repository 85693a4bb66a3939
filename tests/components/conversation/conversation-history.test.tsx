import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Conversation } from "@/components/conversation/Conversation";
import type { HistoryLine } from "@/lib/api/vocabulary";
import { conversation, line, mail, person, replyBy } from "@/tests/support/factories/conversations";
import { MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const at = (time: string) => new Date(`2026-03-10T${time}:00`).toISOString();
const question = mail("My card shows two payments.", { sentAt: at("09:12") });
const received = line({ kind: "received", at: at("09:12"), revision: 1, messageId: question._id });

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date("2026-03-10T12:00:00") });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The conversation from top to bottom: the text of each card, and each history sentence. */
function readDown(messages = [question], history: HistoryLine[] = []): (string | null)[] {
  renderOnDesk(<Conversation detail={conversation(messages, {}, history)} refresh={async () => {}} />);
  const list = screen.getByRole("list", { name: "Conversation" });
  return within(list)
    .getAllByRole("listitem")
    .map(
      (item) =>
        item.querySelector("article p[dir]")?.textContent ?? item.querySelector("p")?.textContent ?? "",
    );
}

describe("the history of a ticket", () => {
  test("is between the messages, in order of time", () => {
    const reply = replyBy(MAYA, "I can see both.", { sentAt: at("09:31") });
    const again = mail("Thank you!", { sentAt: at("10:55") });
    const seen = readDown(
      [question, reply, again],
      [
        received,
        line({ kind: "claimed", at: at("09:20"), revision: 2, by: person(MAYA), assignee: person(MAYA) }),
        line({ kind: "replied", at: at("09:31"), revision: 3, by: person(MAYA), messageId: reply._id }),
        line({
          kind: "status_changed",
          at: at("09:32"),
          revision: 4,
          by: person(PRIYA),
          statusFrom: "in_progress",
          statusTo: "waiting",
        }),
        line({
          kind: "customer_replied",
          at: at("10:55"),
          revision: 5,
          messageId: again._id,
          statusFrom: "waiting",
          statusTo: "open",
        }),
      ],
    );
    expect(seen).toEqual([
      "My card shows two payments.",
      "You claimed this at 09:20.",
      "I can see both.",
      "Priya set the status to Waiting at 09:32.",
      "Thank you!",
      "Lena’s answer made this Open again at 10:55.",
    ]);
  });

  test("follows the message that caused it, even if the clocks differ", () => {
    const again = mail("Thank you!", { sentAt: at("10:57") });
    const reopened = line({
      kind: "customer_replied",
      at: at("10:55"),
      messageId: again._id,
      statusFrom: "resolved",
      statusTo: "open",
    });
    const claimed = line({ kind: "claimed", at: at("10:56"), by: person(PRIYA), assignee: person(PRIYA) });
    expect(readDown([question, again], [received, reopened, claimed]).slice(1)).toEqual([
      "Thank you!",
      "Lena’s answer made this Open again at 10:55.",
      "Priya claimed this at 10:56.",
    ]);
  });

  test.each<[string, Partial<HistoryLine> & Pick<HistoryLine, "kind">]>([
    ["Priya claimed this at 09:20.", { kind: "claimed", by: person(PRIYA), assignee: person(PRIYA) }],
    ["You unclaimed this at 09:20.", { kind: "unclaimed", by: person(MAYA), assignee: person(MAYA) }],
    [
      "You unclaimed this for Priya at 09:20.",
      { kind: "unclaimed", by: person(MAYA), assignee: person(PRIYA) },
    ],
    ["Priya’s claim ended at 09:20.", { kind: "unclaimed", assignee: person(PRIYA) }],
    [
      "You removed Priya from the team, so this was unclaimed at 09:20.",
      { kind: "unclaimed", by: person(MAYA), assignee: person(PRIYA), reason: "removed" },
    ],
    [
      "Priya removed you from the team, so this was unclaimed at 09:20.",
      { kind: "unclaimed", by: person(PRIYA), assignee: person(MAYA), reason: "removed" },
    ],
    [
      "Priya was removed from the team, so this was unclaimed at 09:20.",
      { kind: "unclaimed", assignee: person(PRIYA), reason: "removed" },
    ],
    [
      "You were removed from the team, so this was unclaimed at 09:20.",
      { kind: "unclaimed", assignee: person(MAYA), reason: "removed" },
    ],
    [
      "Priya claimed and resolved this at 09:20.",
      { kind: "status_changed", by: person(PRIYA), statusFrom: "open", statusTo: "resolved" },
    ],
    [
      "Priya claimed this and set the status to Waiting at 09:20.",
      { kind: "status_changed", by: person(PRIYA), statusFrom: "open", statusTo: "waiting" },
    ],
    ["You settled the delivery of a reply at 09:20.", { kind: "delivery_settled", by: person(MAYA) }],
    [
      "Priya marked a reply as sent at 09:20.",
      { kind: "delivery_settled", by: person(PRIYA), action: "mark_sent" },
    ],
    [
      "You sent a reply again at 09:20.",
      { kind: "delivery_settled", by: person(MAYA), action: "send_again" },
    ],
    [
      "The mail that came back made this Open again at 09:20.",
      { kind: "came_back", statusFrom: "resolved", statusTo: "open" },
    ],
    [
      "The reply that is delayed made this Open again at 09:20.",
      { kind: "delayed", statusFrom: "waiting", statusTo: "open" },
    ],
    [
      "The delivery of a reply made this Open again at 09:20.",
      { kind: "delivery_settled", statusFrom: "waiting", statusTo: "open" },
    ],
    [
      "You took a reply back, which made this Open again at 09:20.",
      {
        kind: "delivery_settled",
        by: person(MAYA),
        action: "undo",
        statusFrom: "resolved",
        statusTo: "open",
      },
    ],
    ["Priya claimed this and marked it as seen at 09:20.", { kind: "seen", by: person(PRIYA) }],
    ["Priya asked for the card again at 09:20.", { kind: "card_requested", by: person(PRIYA) }],
    [
      "Priya added jill@stone.example at 09:20.",
      { kind: "participants_changed", by: person(PRIYA), added: ["jill@stone.example"] },
    ],
    [
      "You removed jill@stone.example and rolf@stone.example at 09:20.",
      {
        kind: "participants_changed",
        by: person(MAYA),
        removed: ["jill@stone.example", "rolf@stone.example"],
      },
    ],
    [
      "Priya made bea@koch.example the customer at 09:20.",
      {
        kind: "participants_changed",
        by: person(PRIYA),
        added: ["Bea@koch.example"],
        customer: "bea@koch.example",
      },
    ],
    [
      "Priya added jill@stone.example, removed rolf@stone.example and made bea@koch.example the customer at 09:20.",
      {
        kind: "participants_changed",
        by: person(PRIYA),
        added: ["jill@stone.example"],
        removed: ["rolf@stone.example"],
        customer: "bea@koch.example",
      },
    ],
    [
      "Priya added a0@x.example, a1@x.example, a2@x.example and 3 more at 09:20.",
      {
        kind: "participants_changed",
        by: person(PRIYA),
        added: Array.from({ length: 6 }, (_, index) => `a${index}@x.example`),
      },
    ],
    [
      "Priya changed who is in this conversation at 09:20.",
      { kind: "participants_changed", by: person(PRIYA) },
    ],
  ])("says: %s", (sentence, told) => {
    expect(readDown([question], [received, line({ at: at("09:20"), revision: 2, ...told })])[1]).toBe(
      sentence,
    );
  });

  test("says whether a reply that was refused or one that nobody confirmed opened the ticket again", () => {
    const reply = replyBy(PRIYA, "Which card was it?", { sentAt: at("09:31"), state: "failed" });
    const about = { replyId: reply._id, cause: null, recipients: [], detail: "", isProven: true };
    const noticed = (time: string, kind: "failed" | "unconfirmed") =>
      mail("", { direction: "notice", automatic: true, sentAt: at(time), notice: { ...about, kind } });
    const opened = (time: string) => ({ at: at(time), messageId: reply._id, statusTo: "open" as const });
    const seen = readDown(
      [question, reply, noticed("09:32", "unconfirmed"), noticed("09:40", "failed")],
      [
        line({ kind: "delivery_settled", statusFrom: "waiting", ...opened("09:32") }),
        line({ kind: "delivery_settled", statusFrom: "resolved", ...opened("09:40") }),
      ],
    );
    expect(seen.slice(2)).toEqual([
      "The reply that nobody confirmed made this Open again at 09:32.",
      "The reply that was refused made this Open again at 09:40.",
    ]);
  });

  test("says nothing of a mail that came back to an open ticket", () => {
    const cameBack = line({ kind: "came_back", at: at("09:20"), revision: 2 });
    expect(readDown([question], [received, cameBack])).toHaveLength(1);
  });

  test("says that a reply claimed an unassigned ticket, and its new status", () => {
    const reply = replyBy(PRIYA, "Which card was it?", { sentAt: at("09:31") });
    const replied = line({
      kind: "replied",
      at: at("09:31"),
      revision: 2,
      by: person(PRIYA),
      messageId: reply._id,
      statusFrom: "open",
      statusTo: "waiting",
    });
    expect(readDown([question, reply], [received, replied])[2]).toBe(
      "Priya’s reply claimed this and set the status to Waiting at 09:31.",
    );
  });

  test("names the day of a line that is not from today", () => {
    const claimed = { at: new Date("2026-03-03T09:20:00").toISOString(), revision: 2, by: person(PRIYA) };
    const seen = readDown([question], [received, line({ kind: "claimed", ...claimed })]);
    expect(seen).toContain("Priya claimed this on 3 Mar, 09:20.");
  });
});
