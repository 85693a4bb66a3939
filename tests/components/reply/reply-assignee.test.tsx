import { screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { conversation, mail, person, serve } from "@/tests/support/factories/conversations";
import { heldBy, MAYA, PRIYA, TOMAS } from "@/tests/support/screen/on-desk";
import {
  afterNews,
  expectSentence,
  sentReplies,
  showReplyForm,
  text,
  user,
  write,
} from "@/tests/support/screen/replying";

const question = mail("My card shows two payments.");
const unclaimed = conversation([question]);
let desk: ReturnType<typeof serve>;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  localStorage.clear();
  desk = serve(unclaimed);
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a reply to a ticket that somebody else holds", () => {
  const priyas = () => {
    const claimedAt = new Date(Date.now() - 241_000).toISOString();
    return conversation([question], { ...heldBy(PRIYA, claimedAt), _id: unclaimed.ticket._id });
  };

  test("cannot be sent, and the form names the assignee", () => {
    desk.become(priyas());
    showReplyForm(priyas());
    expectSentence(/^PNPriya holds this since (\d+ \w+, )?\d\d:\d\d\.$/);
    expect(screen.queryByRole("button", { name: /Send/ })).not.toBeInTheDocument();
  });

  test.each([
    ["the reader", MAYA, "you"],
    ["a colleague", TOMAS, "Tomás"],
  ])("says whom the assignee has it from: %s", (_, giver, name) => {
    const at = new Date(Date.now() - 241_000).toISOString();
    const given = conversation([question], {
      ...heldBy(PRIYA, at),
      handover: { by: person(giver), at, note: null },
    });
    showReplyForm(given);
    expectSentence(new RegExp(`^PNPriya holds this since .*\\d, from ${name}\\.$`));
  });

  test("keeps its text if it was begun before", async () => {
    showReplyForm(unclaimed);
    await write("I can help with that.");
    desk.become(priyas());
    await afterNews();
    expectSentence(/^PNPriya holds this since (\d+ \w+, )?\d\d:\d\d\. Your text is kept\.$/);
    expect(text()).toHaveValue("I can help with that.");
    await user().type(text(), "{Control>}{Enter}{/Control}");
    expect(sentReplies()).toEqual([]);
  });
});

describe("a reply to an unassigned ticket", () => {
  test("can be sent by any member", () => {
    showReplyForm(unclaimed, { member: TOMAS });
    expect(screen.getByRole("button", { name: "Send" })).toBeEnabled();
  });

  test("is not offered to a viewer", () => {
    showReplyForm(unclaimed, { member: { ...MAYA, role: "viewer" } });
    expect(screen.queryByRole("textbox")).not.toBeInTheDocument();
  });
});
