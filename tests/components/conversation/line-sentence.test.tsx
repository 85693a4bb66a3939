import { describe, expect, test } from "vitest";
import { lineSentence, quoteOf, type About } from "@/components/conversation/line-sentence";
import { withFacts } from "@/components/conversation/timeline";
import type { HistoryLine } from "@/lib/api/vocabulary";
import { ERASED_CUSTOMER } from "@/lib/api/vocabulary";
import { line, person } from "@/tests/support/factories/conversations";
import { MAYA, PRIYA, TOMAS } from "@/tests/support/screen/on-desk";

const [maya, priya, tomas] = [person(MAYA), person(PRIYA), person(TOMAS)];
const sam = { id: "user_sam", email: "sam@team.example", name: "Sam Okafor" };
const NOTHING: About = { writer: null, notice: null };
const BY_MAIL = { way: "mail" } as const;
const BY_DESK = { way: "system" } as const;

type Told = Partial<HistoryLine> & Pick<HistoryLine, "kind">;

/** The sentence for Maya about the last of these lines. */
function said(lines: Told[], about: Partial<About> = {}): string {
  const last = withFacts(lines.map((told, index) => line({ revision: index + 2, ...told }))).at(-1);
  if (!last) throw new Error("No line.");
  return lineSentence(last, MAYA.id, { ...NOTHING, ...about });
}

const given = { kind: "reassigned", by: priya, assignee: tomas, formerAssignee: priya } as const;
const reopened = { statusFrom: "waiting", statusTo: "open" } as const;

describe("a line of the history, for Maya", () => {
  test.each<[string, ...Told[]]>([
    ["You claimed this", { kind: "claimed", by: maya, assignee: maya }],
    ["Priya claimed this by mail", { kind: "claimed", by: priya, ...BY_MAIL }],
    ["Priya claimed this from Discord", { kind: "claimed", by: priya, way: "discord" }],
    ["Priya claimed this", { kind: "claimed", by: priya, way: null }],
    ["Somebody claimed this", { kind: "claimed", way: null }],
    ["Priya unclaimed this from Slack", { kind: "unclaimed", by: priya, assignee: priya, way: "slack" }],
    ["Priya unclaimed this for you", { kind: "unclaimed", by: priya, assignee: maya }],
    [
      "Sam was removed from the team, so this was unclaimed",
      { kind: "unclaimed", assignee: sam, reason: "removed", ...BY_DESK },
    ],
    [
      "You removed Sam from the team, so this was unclaimed",
      { kind: "unclaimed", by: maya, assignee: sam, reason: "removed", ...BY_DESK },
    ],
    ["Priya gave this to Tomás", given],
    ["Priya gave this to you", { ...given, assignee: maya }],
    ["You gave this to Tomás", { ...given, by: maya, formerAssignee: maya }],
    ["Priya gave this to Tomás by mail", { ...given, ...BY_MAIL }],
    ["Priya took this from you and gave it to Tomás", { ...given, formerAssignee: maya }],
    [
      "You took this from Tomás and gave it to Priya",
      { ...given, by: maya, assignee: priya, formerAssignee: tomas },
    ],
    ["Priya gave this, which nobody held, to Tomás", { ...given, formerAssignee: null }],
    [
      "The desk gave this, which nobody held, to Tomás",
      { ...given, by: null, formerAssignee: null, ...BY_DESK },
    ],
    ["Priya claimed this", { ...given, assignee: priya, formerAssignee: null }],
    ["Priya took this back from Tomás", given, { ...given, assignee: priya, formerAssignee: tomas }],
    ["You took this from Tomás", given, { ...given, by: maya, assignee: maya, formerAssignee: tomas }],
    [
      "Priya took this from Tomás",
      given,
      { kind: "replied", by: tomas },
      { ...given, assignee: priya, formerAssignee: tomas },
    ],
    ["Tomás declined this", { kind: "declined", by: tomas, assignee: tomas }],
    [
      "Tomás declined this, which made this Open again",
      { kind: "declined", by: tomas, assignee: tomas, ...reopened },
    ],
    [
      "You undid the hand-over, which gave this back to Tomás",
      { kind: "undone", undoes: "reassigned", by: maya, assignee: tomas, formerAssignee: priya },
    ],
    [
      "Tomás undid the unclaim, which gave this back to you",
      { kind: "undone", undoes: "unclaimed", by: tomas, assignee: maya },
    ],
    [
      "Priya undid the claim, which unclaimed this",
      { kind: "undone", undoes: "claimed", by: priya, formerAssignee: priya },
    ],
    [
      "Priya undid the change of status, which made this Waiting again",
      {
        kind: "undone",
        undoes: "status_changed",
        by: priya,
        assignee: priya,
        formerAssignee: priya,
        statusFrom: "resolved",
        statusTo: "waiting",
      },
    ],
    [
      "Priya undid the change of status, which unclaimed this and made it Open again",
      {
        kind: "undone",
        undoes: "status_changed",
        by: priya,
        formerAssignee: priya,
        statusFrom: "resolved",
        statusTo: "open",
      },
    ],
    [
      "Tomás was removed from the team just then, so this went back to Priya",
      { kind: "undone", way: "system", reason: "removed", assignee: priya, formerAssignee: tomas },
    ],
    [
      "You were removed from the team just then, so this was not given",
      { kind: "undone", way: "system", reason: "removed", formerAssignee: maya },
    ],
    ["Priya undid it", { kind: "undone", by: priya }],
    [
      "You resolved this from Discord",
      { kind: "status_changed", by: maya, statusTo: "resolved", way: "discord" },
    ],
    ["You replied", { kind: "replied", by: maya }],
    [
      "Priya replied, which claimed this and set the status to Waiting",
      { kind: "unclaimed", by: priya, assignee: priya },
      { kind: "replied", by: priya, statusFrom: "open", statusTo: "waiting" },
    ],
    ["Priya marked this as seen", { kind: "seen", by: priya }],
    ["Priya retried a refused reply", { kind: "delivery_settled", by: priya, action: "retry" }],
    ["A reply came back, which made this Open again", { kind: "came_back", ...BY_MAIL, ...reopened }],
    ["A mail server reported that a reply is not delivered yet", { kind: "delayed", ...BY_MAIL }],
    ["A reply is not delivered yet", { kind: "delayed", ...BY_DESK }],
    ["A mail server reported that a delayed reply has arrived", { kind: "delivery_settled", ...BY_MAIL }],
    ["The delivery of a reply was settled", { kind: "delivery_settled", ...BY_DESK }],
    ["Priya asked for the card again", { kind: "card_requested", by: priya }],
    [
      "Priya added jill@stone.example",
      { kind: "participants_changed", by: priya, added: ["jill@stone.example"] },
    ],
    [
      "Texts and files were removed, since the desk keeps closed tickets for a limited time",
      { kind: "bodies_removed", ...BY_DESK },
    ],
    ["You erased what was stored of a customer", { kind: "customer_erased", by: maya }],
    ["Priya wrote by mail", { kind: "received", by: priya, ...BY_MAIL }],
    ["A mail arrived", { kind: "received", ...BY_MAIL }],
    [
      "A mail arrived, which made this Open again and unclaimed it (Sam is no longer on the team)",
      { kind: "customer_replied", assignee: sam, ...BY_MAIL, ...reopened },
    ],
  ])("says: %s", (sentence, ...lines) => {
    expect(said(lines)).toBe(sentence);
  });

  test.each<[string, Told, Partial<About>]>([
    ["Lena wrote", { kind: "received" }, { writer: "Lena Hoffmann" }],
    ["The erased customer wrote", { kind: "customer_replied" }, { writer: ERASED_CUSTOMER }],
    ["A reply was not delivered", { kind: "delivery_settled", ...BY_DESK }, { notice: "failed" }],
    ["A reply went out after all", { kind: "delivery_settled", ...BY_DESK }, { isReplyShown: true }],
    ["The delivery of a reply was settled", { kind: "delivery_settled", way: null }, { isReplyShown: true }],
  ])("says, from the messages on the page: %s", (sentence, told, about) => {
    expect(said([told], about)).toBe(sentence);
  });

  test("names a second line about the same mail a copy of it", () => {
    const mail = { kind: "received", messageId: "a".repeat(64), ...BY_MAIL } as const;
    expect(said([mail, mail], { writer: "Lena Hoffmann" })).toBe("A copy of a mail arrived");
  });

  test("quotes the words that came with it, and nothing once they were erased", () => {
    expect([{ note: "Yours, I think" }, { note: null }, { note: "" }].map(quoteOf)).toEqual([
      "Yours, I think",
      null,
      null,
    ]);
  });
});
