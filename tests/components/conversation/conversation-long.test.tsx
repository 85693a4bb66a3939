import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { Conversation } from "@/components/conversation/Conversation";
import { ReplyScreen } from "@/components/screens/ReplyScreen";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { conversation, line, mail, person, replyBy, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, heldAnswer, ok } from "@/tests/support/screen/desk-answers";
import { PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

beforeEach(() => localStorage.clear());

function show(...messages: TicketMessage[]): HTMLElement {
  const refresh = async () => {};
  return renderOnDesk(<Conversation detail={conversation(messages)} refresh={refresh} />).container;
}

const button = (name: string | RegExp) => screen.getByRole("button", { name });
const outcome = (text: string) => screen.getByText(text);

describe("the text of a mail", () => {
  test("takes no more elements for 300,000 paragraphs than for its length", () => {
    const few = show(mail("a")).querySelectorAll("*").length;
    const many = show(mail("a\n\n".repeat(300_000))).querySelectorAll("*").length;
    expect(many - few).toBeLessThanOrEqual(Math.ceil(900_000 / 16_384));
  });

  test("has at most 100 links, and the other addresses as text", () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `http://a.example/${index}`).join(" ");
    const shown = show(mail(text));
    expect(shown.querySelectorAll("a")).toHaveLength(100);
    expect(shown).toHaveTextContent("http://a.example/99999");
  });

  test("is whole, whichever way it is cut into blocks", () => {
    const text = `${"x".repeat(40_000)}\n${"😀".repeat(20_000)}\nhttps://example.com/end`;
    const shown = show(mail(text)).querySelectorAll("p.whitespace-pre-wrap");
    expect([...shown].map((block) => block.textContent).join("")).toBe(text);
  });

  test("has one blank line at most between two paragraphs", () => {
    const shown = show(mail("One\n\n \n\n\nTwo"));
    expect(shown.querySelector("p.whitespace-pre-wrap")?.textContent).toBe("One\n\nTwo");
  });
});

describe("a text of which only the beginning is there", () => {
  const rest = "The end of it.";
  const clipped = (overrides: Partial<TicketMessage> = {}) =>
    mail("The beginning", { isClipped: true, textBytes: 1_000_000, ...overrides });
  const route = ({ _id }: TicketMessage) => `GET /api/emails/messages/${_id}/text`;
  const SHOW_ALL = "Show all of this text, 1.0 MB";

  test("says so, waits for the rest, and shows it with the focus on the outcome", async () => {
    const long = clipped();
    const { answering, give } = heldAnswer();
    answer(route(long), answering);
    show(long);
    expect(outcome("This is the beginning of 1.0 MB.")).toBeVisible();
    await userEvent.click(button(SHOW_ALL));
    expect(button(SHOW_ALL)).toHaveAttribute("aria-disabled", "true");

    give(ok({ text: `The beginning\n\n${rest}`, visibleText: "" }));
    await waitFor(() => expect(screen.getByText(/The end of it\./)).toBeVisible());
    expect(screen.queryByRole("button", { name: SHOW_ALL })).not.toBeInTheDocument();
    await waitFor(() => expect(outcome("All 1.0 MB are shown.")).toHaveFocus());
  });

  test("keeps its beginning if the rest cannot be read, and can be asked for again", async () => {
    const long = clipped();
    answer(route(long), () => "unreachable");
    show(long);
    await userEvent.click(button(SHOW_ALL));
    expect(await screen.findByRole("alert")).toHaveTextContent("The rest could not be read. Try again.");
    expect(screen.getByText("The beginning")).toBeVisible();

    answer(route(long), { text: rest, visibleText: "" });
    await userEvent.click(button(SHOW_ALL));
    expect(await screen.findByText(rest)).toBeVisible();
  });

  test("offers the rest in the fold if only its quotes are cut", async () => {
    show(clipped({ text: "Thank you!\n> Done.\n> Good", visibleText: "Thank you!" }));
    expect(screen.queryByRole("button", { name: SHOW_ALL })).not.toBeInTheDocument();
    await userEvent.click(button("Quoted text, 2+ lines"));
    expect(button(SHOW_ALL)).toBeVisible();
  });
});

describe.each([
  ["the ticket page", TicketScreen],
  ["the reply page", ReplyScreen],
])("the earlier messages on %s", (_name, Screen) => {
  const CURSOR = `1-${"0".repeat(64)}-1`;
  const oldest = mail("The very first question.");
  const middle = replyBy(PRIYA, "The very first answer.");
  const newest = mail("The newest question.");

  function showNewest() {
    const whole = conversation([oldest, middle, newest]);
    const detail = { ...conversation([newest], { messageCount: 3 }), olderCursor: CURSOR };
    const id = detail.ticket._id;
    let olderAnswer: Parameters<typeof answer>[1] = () => ok({ ...whole, messages: [oldest, middle] });
    serve(detail);
    answer(`GET /api/emails/tickets/${id}`, (request: { query: URLSearchParams }) =>
      request.query.has("cursor") ? (olderAnswer as () => never)() : ok(detail),
    );
    renderOnDesk(<Screen rendered={detail} />, { member: TOMAS });
    return {
      asked: () => askedFor(`GET /api/emails/tickets/${id}`).filter(({ query }) => query.has("cursor")),
      answerOlder: (next: typeof olderAnswer) => (olderAnswer = next),
    };
  }

  test("are read on a press, and the focus stays on what came of it", async () => {
    const desk = showNewest();
    expect(outcome("The newest 1 of 3 messages.")).toBeVisible();
    const { answering, give } = heldAnswer();
    desk.answerOlder(answering);
    await userEvent.click(button("Show earlier messages"));
    expect(button(/Show earlier messages/)).toHaveAttribute("aria-disabled", "true");
    expect(desk.asked().map(({ query }) => query.get("cursor"))).toEqual([CURSOR]);

    give(ok({ ...conversation([oldest, middle]), messages: [oldest, middle] }));
    await waitFor(() => expect(outcome("The whole conversation is shown.")).toHaveFocus());
    expect(screen.queryByRole("button", { name: /Show earlier/ })).not.toBeInTheDocument();
  });

  test("can be asked for again if they could not be read", async () => {
    const desk = showNewest();
    desk.answerOlder(() => "unreachable");
    await userEvent.click(button("Show earlier messages"));
    expect(await screen.findByText(/The earlier part could not be read\. Try again\./)).toBeVisible();
    expect(screen.getByText(newest.text)).toBeVisible();

    desk.answerOlder(() => ok({ ...conversation([]), messages: [oldest, middle] }));
    await userEvent.click(button("Show earlier messages"));
    await waitFor(() => expect(outcome("The whole conversation is shown.")).toBeVisible());
  });
});

describe("the ticket page with earlier messages", () => {
  test("shows them in order, and keeps them when something newer arrives", async () => {
    const [first, second, third, fourth] = [mail("One"), mail("Two"), mail("Three"), mail("Four")];
    const cursorBefore = (message: TicketMessage) => `1-${message._id}-1`;
    const claimed = line({ kind: "claimed", by: person(PRIYA) });
    const part = (messages: TicketMessage[], olderCursor: string | null) => ({
      ...conversation(messages, { messageCount: 4 }, messages.includes(second) ? [claimed] : []),
      olderCursor,
    });
    const newest = part([third], cursorBefore(third));
    const id = newest.ticket._id;
    serve(newest);
    // By then the newest part begins later, and the earlier one ends later.
    let later = false;
    answer(`GET /api/emails/tickets/${id}`, ({ query }: { query: URLSearchParams }) => {
      if (query.get("cursor") === cursorBefore(third)) return ok(part([first, second], null));
      if (query.get("cursor") === cursorBefore(fourth)) return ok(part([first, second, third], null));
      return ok({ ...(later ? part([fourth], cursorBefore(fourth)) : newest), ticket: newest.ticket });
    });
    renderOnDesk(<TicketScreen rendered={newest} />, { member: TOMAS });
    const shown = () =>
      within(screen.getByRole("list", { name: "Conversation" }))
        .getAllByRole("article")
        .map((card) => card.querySelector("p.whitespace-pre-wrap")?.textContent);

    await userEvent.click(button("Show earlier messages"));
    await waitFor(() => expect(shown()).toEqual(["One", "Two", "Three"]));
    const list = within(screen.getByRole("list", { name: "Conversation" }));
    expect(list.getByText(/Priya claimed this/)).toBeVisible();
    later = true;
    await waitFor(() => expect(shown()).toEqual(["One", "Two", "Three", "Four"]), { timeout: 4_000 });
  });
});
