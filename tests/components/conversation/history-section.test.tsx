import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useEffect, useState } from "react";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketDetails } from "@/components/conversation/TicketDetails";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { HistoryLine } from "@/lib/api/vocabulary";
import { conversation, line, mail, person, replyBy } from "@/tests/support/factories/conversations";
import { answer, askedFor, heldAnswer, ok } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const OLDER = "Show older lines";
const at = (revision: number) => new Date(Date.UTC(2026, 2, 10, 9, revision % 60)).toISOString();

/** Claims and unclaims of Priya, with these revisions, oldest first. */
function lines(from: number, to: number): HistoryLine[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const revision = from + index;
    const kind = revision % 2 === 0 ? "claimed" : "unclaimed";
    return line({ kind, revision, at: at(revision), by: person(PRIYA), assignee: person(PRIYA) });
  });
}

const newestFirst = (from: number, to: number) => lines(from, to).toReversed();
const section = () => within(screen.getByRole("region", { name: "History" }));
const rows = () =>
  section()
    .queryAllByRole("listitem")
    .map((item) => [...item.querySelectorAll("p")].map((part) => part.textContent));
const sentences = () => rows().map(([sentence]) => sentence);
const older = () => section().queryByRole("button", { name: /^Show older lines/ });
const press = () => userEvent.click(section().getByRole("button", { name: OLDER }));

let become: (detail: TicketDetailResponse) => void = () => {};

/** The details of a ticket that `become` changes, as the live stream does. */
function Details({ initial }: { initial: TicketDetailResponse }) {
  const [detail, setDetail] = useState(initial);
  useEffect(() => {
    become = (next) => act(() => setDetail(next));
  }, []);
  return <TicketDetails detail={detail} refresh={async () => {}} />;
}

function show(history: HistoryLine[], olderCursor: string | null = null) {
  const detail = { ...conversation([mail("Hello")], heldBy(MAYA), history), olderCursor };
  renderOnDesk(<Details initial={detail} />);
  return { detail, route: `GET /api/emails/tickets/${detail.ticket._id}/history` };
}

beforeEach(() => localStorage.clear());

describe("the history in a ticket's details", () => {
  test("has every line, also those that the conversation shows as a card, newest first with the time", () => {
    const question = mail("My card shows two payments.");
    const reply = replyBy(MAYA, "I can see both.");
    const detail = conversation([question, reply], heldBy(TOMAS), [
      line({ kind: "received", revision: 1, at: at(1), way: "mail", messageId: question._id }),
      line({ kind: "replied", revision: 2, at: at(2), by: person(MAYA), messageId: reply._id }),
      line({
        kind: "reassigned",
        revision: 3,
        at: at(3),
        by: person(MAYA),
        assignee: person(TOMAS),
        formerAssignee: person(MAYA),
        note: "She is yours,\nI think",
      }),
    ]);
    renderOnDesk(<TicketDetails detail={detail} refresh={async () => {}} />);
    expect(rows().map(([sentence, ...rest]) => [sentence, ...rest.slice(0, -1)])).toEqual([
      ["You gave this to Tomás:", "“She is yours,\nI think”"],
      ["You replied, which claimed this."],
      ["Lena wrote."],
    ]);
    const times = section()
      .getAllByRole("listitem")
      .map((item) => item.querySelector("time"));
    expect(times.map((time) => time?.dateTime)).toEqual([at(3), at(2), at(1)]);
    expect(times[0]?.title).toMatch(/^Tuesday, 10 March 2026 at \d\d:03$/);
    expect(older()).not.toBeInTheDocument();
  });

  test("says so if nothing is recorded", () => {
    show([]);
    expect(section().getByText("Nothing is recorded yet.")).toBeVisible();
    expect(older()).not.toBeInTheDocument();
  });

  test("shows the newest five, then fifty older ones by the keyboard, then the end with the focus on it", async () => {
    const { route } = show(lines(53, 57), `0-${"0".repeat(64)}-53`);
    expect(rows()).toHaveLength(5);
    const { answering, give } = heldAnswer();
    answer(route, answering);
    section().getByRole("button", { name: OLDER }).focus();
    await userEvent.keyboard("{Enter}");
    expect(older()).toHaveAttribute("aria-disabled", "true");
    give(ok({ lines: newestFirst(3, 52), olderCursor: "3" }));
    await waitFor(() => expect(rows()).toHaveLength(55));
    expect(older()).toHaveFocus();

    answer(route, { lines: newestFirst(1, 2), olderCursor: null });
    await press();
    await waitFor(() => expect(rows()).toHaveLength(57));
    expect(older()).not.toBeInTheDocument();
    expect(section().getByText("The whole history is shown.")).toHaveFocus();
    expect(askedFor(route).map(({ query }) => query.get("cursor"))).toEqual(["53", "3"]);
    expect(rows().at(0)?.[0]).toBe("Priya unclaimed this.");
  });

  test("keeps its lines if the older ones cannot be read, and tries again", async () => {
    const { route } = show(lines(1, 7));
    answer(route, () => "unreachable");
    await press();
    expect(await section().findByRole("alert")).toHaveTextContent(
      "The older lines could not be read. Try again.",
    );
    expect(rows()).toHaveLength(5);
    answer(route, { lines: newestFirst(1, 2), olderCursor: null });
    await press();
    await waitFor(() => expect(rows()).toHaveLength(7));
    expect(section().queryByRole("alert")).not.toBeInTheDocument();
  });

  test("follows the ticket, before and after older lines were asked for", async () => {
    const { detail, route } = show(lines(1, 7));
    become({ ...detail, history: lines(1, 8) });
    expect(sentences()).toEqual(sentencesOf(4, 8));
    answer(route, { lines: newestFirst(1, 3), olderCursor: null });
    await press();
    await waitFor(() => expect(sentences()).toEqual(sentencesOf(1, 8)));
    become({ ...detail, history: lines(1, 9) });
    expect(sentences()).toEqual(sentencesOf(1, 9));
    expect(askedFor(route)).toHaveLength(1);
  });

  test("drops older lines that were read before a customer was erased", async () => {
    const secret = line({
      kind: "participants_changed",
      revision: 1,
      by: person(PRIYA),
      added: ["ann@x.example"],
    });
    const { detail, route } = show(lines(2, 7));
    answer(route, { lines: [secret], olderCursor: null });
    await press();
    await section().findByText(/ann@x\.example/);
    const erased = line({ kind: "customer_erased", revision: 8, by: person(MAYA) });
    become({ ...detail, history: [...lines(2, 7), erased] });
    expect(section().queryByText(/ann@x\.example/)).not.toBeInTheDocument();
    expect(sentences()[0]).toBe("You erased what was stored of a customer.");
    expect(older()).toBeVisible();
  });

  test("asks for older lines anew if so many came that some are missing in between", async () => {
    const { detail, route } = show(lines(1, 7));
    answer(route, { lines: newestFirst(1, 2), olderCursor: null });
    await press();
    await waitFor(() => expect(rows()).toHaveLength(7));
    become({ ...detail, history: lines(100, 120) });
    expect(sentences()).toEqual(sentencesOf(116, 120));
    expect(older()).toBeVisible();
  });
});

function sentencesOf(from: number, to: number): string[] {
  return newestFirst(from, to).map(({ kind }) => `Priya ${kind} this.`);
}
