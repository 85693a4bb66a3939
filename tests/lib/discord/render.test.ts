import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ATTENTION_KINDS, DELIVERY_CAUSES } from "@/lib/api/vocabulary";
import { renderCard, renderMovedCard, type CardFacts } from "@/lib/discord/render";
import { HOSTILE_TEXTS, markupIn } from "@/tests/support/cards/discord-markup";

const appUrl = "https://desk.example";
const facts: CardFacts = {
  threadId: "507f1f77bcf86cd799439011",
  to: "support@git-cv.com",
  from: "customer@email.com",
  subject: "Need help with billing",
  excerpt: "Hi, I need help with my invoice...",
  claimedBy: null,
  isResolved: false,
  attention: null,
};

/** The text as Discord shows it: without backslashes, and with a link as its label. */
function asRead(content: string): string {
  return content
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replace(/\[Click here to reply\]\(<[^>]+>\)/, "Click here to reply");
}

describe("renderCard", () => {
  test("reads as in the plan before anybody claims", () => {
    expect(asRead(renderCard(facts, { appUrl }).content)).toBe(
      [
        "📧 New email to support@git-cv.com",
        "From: customer@email.com",
        "Subject: Need help with billing",
        "",
        "Hi, I need help with my invoice...",
        "",
        "🔗 Click here to reply",
      ].join("\n"),
    );
  });

  test("names the assignee in the second line once claimed", () => {
    expect(asRead(renderCard({ ...facts, claimedBy: "indranil@email.com" }, { appUrl }).content)).toBe(
      [
        "📧 New email to support@git-cv.com",
        "👤 Claimed by: indranil@email.com",
        "From: customer@email.com",
        "Subject: Need help with billing",
        "",
        "Hi, I need help with my invoice...",
        "",
        "🔗 Click here to reply",
      ].join("\n"),
    );
  });

  test("keeps the assignee's line on a resolved ticket and says it is resolved", () => {
    const { content } = renderCard(
      { ...facts, claimedBy: "indranil@email.com", isResolved: true },
      { appUrl },
    );
    expect(asRead(content).split("\n").slice(0, 4)).toEqual([
      "📧 New email to support@git-cv.com",
      "👤 Claimed by: indranil@email.com",
      "✅ Resolved",
      "From: customer@email.com",
    ]);
  });

  test.each([
    ["came_back", "no_mailbox", "⚠️ Reply came back: the mailbox does not exist"],
    ["failed", "blocked", "⚠️ Reply not delivered: their mail server refused it"],
    ["unconfirmed", null, "⚠️ Reply may not have been sent"],
    ["undone", null, "↩️ Reply undone"],
    ["delayed", "unreachable", "⏳ Reply delayed: their mail server could not be reached"],
  ] as const)("says below the assignee that a reply is %s, and why", (kind, cause, expected) => {
    const attention = { kind, cause };
    const { content } = renderCard({ ...facts, claimedBy: "indranil@email.com", attention }, { appUrl });
    expect(asRead(content).split("\n").slice(1, 4)).toEqual([
      "👤 Claimed by: indranil@email.com",
      expected,
      "From: customer@email.com",
    ]);
  });

  test("says in place of the assignee that a hand-over was declined", () => {
    const attention = { kind: "declined", cause: null } as const;
    expect(
      asRead(renderCard({ ...facts, attention }, { appUrl }).content)
        .split("\n")
        .slice(1, 3),
    ).toEqual(["↩️ Hand-over declined", "From: customer@email.com"]);
  });

  test("reads the same whether or not somebody has seen the customer's mail", () => {
    const attention = { kind: "customer_mail", cause: null } as const;
    expect(renderCard({ ...facts, attention }, { appUrl })).toEqual(renderCard(facts, { appUrl }));
  });

  test("shows every character of a customer's text as itself", () => {
    const { content } = renderCard({ ...facts, subject: "1. *Why* [so](x)?" }, { appUrl });
    expect(content).toContain("Subject: 1\\. \\*Why\\* \\[so\\]\\(x\\)\\?");
  });

  test("links to the ticket's reply page, whatever the app's address contains", () => {
    const { content } = renderCard(facts, { appUrl: "https://desk.example/a)(b/" });
    expect(content).toMatch(
      /\n\n🔗 \[Click here to reply\]\(<https:\/\/desk\.example\/a%29%28b\/reply\/507f1f77bcf86cd799439011>\)$/,
    );
  });

  test("has no link if the app's own address is not known", () => {
    expect(renderCard(facts, { appUrl: null }).content).not.toContain("🔗");
  });

  test("allows no mention and no preview, whatever the text", () => {
    expect(renderCard(facts, { appUrl })).toMatchObject({
      allowed_mentions: { parse: [] },
      flags: 4,
      embeds: [],
    });
  });

  test("says that subject, sender or text is missing if it is empty or invisible", () => {
    const { content } = renderCard(
      { ...facts, from: "\u200B", subject: " \u2060 ", excerpt: "\n\u00AD\n" },
      { appUrl },
    );
    const read = asRead(content);
    expect(read).toContain("From: (unknown sender)\nSubject: (no subject)\n\n(no text)\n\n🔗");
  });

  test("keeps From and Subject on one line each", () => {
    const { content } = renderCard(
      { ...facts, subject: "a\n👤 Claimed by: nobody\u2028b", from: "x\r\ny" },
      { appUrl },
    );
    expect(asRead(content).split("\n").slice(1, 3)).toEqual([
      "From: x y",
      "Subject: a 👤 Claimed by: nobody b",
    ]);
  });

  test("shows the first ten lines of a long text and marks that there is more", () => {
    const excerpt = Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n");
    expect(asRead(renderCard({ ...facts, excerpt }, { appUrl }).content)).toMatch(/line 9\n…\n\n🔗/);
  });

  test("has none of the customer's text once Discord has refused the card", () => {
    const { content } = renderCard({ ...facts, claimedBy: "a@b.c" }, { appUrl, withoutCustomerText: true });
    expect(asRead(content)).toBe("📧 New email\n👤 Claimed by: a@b.c\n🔗 Click here to reply");
  });
});

describe("renderMovedCard", () => {
  test("is one line that names the ticket, and pings nobody", () => {
    const { content, ...rest } = renderMovedCard(facts.threadId);
    expect(asRead(content)).toBe("#439011 · moved to the end of the channel");
    expect(markupIn(content)).toEqual([]);
    expect(rest).toEqual({ embeds: [], allowed_mentions: { parse: [] }, flags: 4 });
  });
});

/** A card without the reply link, the only markup of ours, and without what makes our own signs colourful. */
function withoutOurs(content: string): string {
  return content
    .replace(/\n\n🔗 \[Click here to reply\]\(<[^>\s]+>\)$/, "")
    .replace(/^(⚠|↩)\uFE0F (?=Reply|Hand-over)/m, "$1 ");
}

const INVISIBLE = /(?!\n)[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Surrogate}\u2028\u2029\u2800]/u;

function expectPlain(card: CardFacts): void {
  const { content } = renderCard(card, { appUrl });
  expect(content.length).toBeLessThanOrEqual(2_000);
  expect(content.isWellFormed()).toBe(true);
  const customers = withoutOurs(content);
  expect(customers).not.toBe(content);
  expect(markupIn(customers)).toEqual([]);
  expect(INVISIBLE.test(customers)).toBe(false);
  // Every backslash escapes something: none was cut off from its character.
  expect(customers.replace(/\\[!-/:-@[-`{-~]/g, "")).not.toContain("\\");
}

describe("hostile text in a card", () => {
  test.each(HOSTILE_TEXTS.map((text) => [text.slice(0, 40), text]))(
    "%j becomes plain characters",
    (_, text) => {
      expectPlain({ ...facts, to: text, from: text, subject: text, excerpt: text, claimedBy: text });
    },
  );

  test("any text becomes plain characters within the length limit", () => {
    const piece = fc.oneof(
      fc.constantFrom(..."*_~`|>#-[]()<>@&:/\\!.+=\n \t".split("")),
      fc.constantFrom(
        "@everyone",
        "<@1234567890123456>",
        "[a](https://e.vil)",
        "```",
        "||",
        "\u0301",
        "\u202E",
        "\uD800",
      ),
      fc.string({ unit: "binary", maxLength: 20 }),
    );
    const text = fc.array(piece, { maxLength: 200 }).map((pieces) => pieces.join(""));
    const attention = fc.record({
      kind: fc.constantFrom(...ATTENTION_KINDS),
      cause: fc.constantFrom(...DELIVERY_CAUSES, null),
    });
    fc.assert(
      fc.property(text, text, text, attention, (from, subject, excerpt, wanted) =>
        expectPlain({ ...facts, from, subject, excerpt, claimedBy: from, attention: wanted }),
      ),
      { numRuns: 300 },
    );
  });

  test("is cut between graphemes", () => {
    const { content } = renderCard({ ...facts, subject: "e\u0301".repeat(400) }, { appUrl });
    expect(content).toMatch(/Subject: é+…\n/);
    expect(renderCard({ ...facts, subject: "🇩🇪".repeat(400) }, { appUrl }).content).toMatch(
      /Subject: (🇩🇪)+…\n/u,
    );
  });
});
