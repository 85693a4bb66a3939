import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { People } from "@/components/conversation/people";
import { PeopleSection } from "@/components/conversation/PeopleSection";
import { useTicket } from "@/components/conversation/use-ticket";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { Newcomer, Participant, TeamMember, Ticket } from "@/lib/api/vocabulary";
import { conversation, mail, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const PARTICIPANTS = "POST /api/emails/participants";
const person = (name: string, role: Participant["role"], problem: string | null = null): Participant => ({
  address: `${name.toLowerCase()}@people.example`,
  name,
  role,
  problem,
});
const stranger = (name: string, why: Newcomer["why"]): Newcomer => ({
  address: `${name.toLowerCase()}@strangers.example`,
  name,
  messageId: "f".repeat(64),
  why,
});
const LENA = person("Lena", "customer");
const JILL = person("Jill", "copied");
const ODA = stranger("Oda", "wrote");

function Shown({ rendered }: { rendered: TicketDetailResponse }) {
  const { refresh, ...detail } = useTicket(rendered);
  return <PeopleSection ticket={detail.ticket} people={detail} refresh={refresh} />;
}

function show(people: Partial<People>, overrides: Partial<Ticket> = {}, member: TeamMember = TOMAS) {
  const detail = { ...conversation([mail("Hi")], overrides), newcomers: [], participants: [LENA], ...people };
  const desk = serve(detail);
  renderOnDesk(<Shown rendered={detail} />, { member });
  return {
    id: detail.ticket._id,
    become: (next: Partial<People>) => desk.become({ ...detail, ...next }),
  };
}

const section = () => within(screen.getByRole("region", { name: "In this conversation" }));
const rows = () => section().queryAllByRole("listitem");
const row = (name: string) => rows().find((item) => item.textContent?.includes(name));
const menuOf = (name: string) => section().queryByRole("button", { name: `More for ${name}` });
async function choose(name: string, choice: string) {
  await userEvent.click(section().getByRole("button", { name: `More for ${name}` }));
  await userEvent.click(screen.getByRole("menuitem", { name: choice }));
}
async function choicesOf(name: string): Promise<(string | null)[]> {
  await userEvent.click(section().getByRole("button", { name: `More for ${name}` }));
  const choices = screen.getAllByRole("menuitem").map((item) => item.textContent);
  await userEvent.keyboard("{Escape}");
  return choices;
}

afterEach(() => void vi.useRealTimers());

describe("the people in a ticket's details", () => {
  test("are named with their address and how they came in, those outside last", () => {
    show({
      participants: [LENA, JILL, person("Ann", "member")],
      newcomers: [ODA, stranger("Rolf", "reply_to"), stranger("Uta", "copied")],
    });
    // After the avatar's one letter.
    expect(rows().map((item) => item.textContent?.slice(1))).toEqual([
      "LenaCustomerlena@people.example",
      "JillCopiedjill@people.example",
      "AnnAdded by the teamann@people.example",
      "OdaNew hereoda@strangers.example",
      "RolfAsked for answers hererolf@strangers.example",
      "UtaNamed in a mail, not addresseduta@strangers.example",
    ]);
  });

  test("have their problem beside them", () => {
    show({ participants: [LENA, person("Accounts", "copied", "accounts@people.example cannot be mailed.")] });
    expect(row("Accounts")).toHaveTextContent("accounts@people.example cannot be mailed.");
  });

  test("are nobody if the ticket has no address", () => {
    show({ participants: [] });
    expect(rows()).toHaveLength(0);
    expect(section().getByText("Nobody whom mail can be sent to.")).toBeVisible();
  });

  test("are folded beyond eight, and all fifty are shown on a press, with those outside always in view", async () => {
    const crowd = Array.from({ length: 49 }, (_, index) => person(`Copied${index}`, "copied"));
    show({ participants: [LENA, ...crowd], newcomers: [ODA] });
    expect(rows()).toHaveLength(9);
    expect(row("Oda")).toBeVisible();
    await userEvent.click(section().getByRole("button", { name: "Show all 51" }));
    expect(rows()).toHaveLength(51);
    await userEvent.click(section().getByRole("button", { name: "Show fewer" }));
    expect(rows()).toHaveLength(9);
  });

  test("can be changed by a member as their role allows", async () => {
    show({
      participants: [LENA, JILL, person("Bad", "member", "It cannot be mailed.")],
      newcomers: [ODA],
    });
    expect(menuOf("Lena")).not.toBeInTheDocument();
    expect(await choicesOf("Jill")).toEqual(["Make the customer", "Remove from the conversation"]);
    expect(await choicesOf("Bad")).toEqual(["Remove from the conversation"]);
    expect(await choicesOf("Oda")).toEqual(["Add to the conversation", "Make the customer", "Dismiss"]);
  });

  test("cannot be changed by a viewer", () => {
    show({ participants: [LENA, JILL], newcomers: [ODA] }, {}, { ...TOMAS, role: "viewer" });
    expect(section().queryByRole("button")).not.toBeInTheDocument();
  });

  test("cannot be changed on somebody else's ticket, and the page says who can", () => {
    show({ participants: [LENA, JILL], newcomers: [ODA] }, heldBy(PRIYA));
    expect(section().queryByRole("button")).not.toBeInTheDocument();
    expect(section().getByText("Priya holds this ticket and decides who is in it.")).toBeVisible();
  });
});

describe("a decision about a person", () => {
  const added: Participant = { address: ODA.address, name: "Oda", role: "member", problem: null };

  test("adds a newcomer: waiting, then in the conversation, with the focus still on their menu", async () => {
    const desk = show({ participants: [LENA], newcomers: [ODA] });
    const held = heldAnswer();
    answer(PARTICIPANTS, held.answering);
    await choose("Oda", "Add to the conversation");
    expect(row("Oda")).toHaveTextContent("Adding");
    desk.become({ participants: [LENA, added], newcomers: [] });
    held.give(ok({ success: true }));
    await waitFor(() => expect(row("Oda")).toHaveTextContent("Added by the team"));
    expect(await section().findByText("Oda is in the conversation now.")).toHaveAttribute("role", "status");
    expect(menuOf("Oda")).toHaveFocus();
    expect(askedFor(PARTICIPANTS).map(({ body }) => body)).toEqual([
      { threadId: desk.id, add: [ODA.address] },
    ]);
  });

  test.each([
    ["Jill", "Remove from the conversation", { remove: [JILL.address] }],
    ["Jill", "Make the customer", { customer: JILL.address }],
    ["Oda", "Dismiss", { remove: [ODA.address] }],
    ["Oda", "Make the customer", { customer: ODA.address }],
  ])("about %s can be: %s", async (name, choice, body) => {
    const desk = show({ participants: [LENA, JILL], newcomers: [ODA] });
    answer(PARTICIPANTS, { success: true });
    await choose(name, choice);
    await waitFor(() => expect(askedFor(PARTICIPANTS)[0]?.body).toEqual({ threadId: desk.id, ...body }));
  });

  test("leaves the focus on its outcome if the person is gone from the list", async () => {
    const desk = show({ participants: [LENA, JILL] });
    answer(PARTICIPANTS, () => {
      desk.become({ participants: [LENA] });
      return ok({ success: true });
    });
    await choose("Jill", "Remove from the conversation");
    const said = await section().findByText("jill@people.example is no longer in the conversation.");
    await waitFor(() => expect(said).toHaveFocus());
    expect(row("Jill")).toBeUndefined();
  });

  test("that is refused is explained in a sentence, and the people stay", async () => {
    show({ participants: [LENA], newcomers: [ODA] });
    answer(PARTICIPANTS, () =>
      refusal(422, "too_many_participants", "A conversation has at most 50 people. Remove somebody first."),
    );
    await choose("Oda", "Add to the conversation");
    expect(await section().findByRole("alert")).toHaveTextContent("A conversation has at most 50 people.");
    expect(row("Oda")).toHaveTextContent("New here");
  });

  test("says who holds the ticket by now", async () => {
    show({ participants: [LENA], newcomers: [ODA] });
    answer(PARTICIPANTS, () => refusal(409, "already_claimed", "Priya has it.", heldBy(PRIYA)));
    await choose("Oda", "Add to the conversation");
    expect(await section().findByRole("alert")).toHaveTextContent(/^Priya holds this since/);
  });

  test("says that the desk could not be reached", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    show({ participants: [LENA], newcomers: [ODA] });
    answer(PARTICIPANTS, () => "unreachable");
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    await user.click(section().getByRole("button", { name: "More for Oda" }));
    await user.click(screen.getByRole("menuitem", { name: "Add to the conversation" }));
    await act(() => vi.advanceTimersByTimeAsync(10_500));
    expect(section().getByRole("alert")).toHaveTextContent(
      /^The desk could not be reached at .* Try again\.$/,
    );
  });
});
