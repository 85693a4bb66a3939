import { parse } from "discord-markdown-parser";

type Node = { type: string; content?: unknown };

/** Types of markup that Discord's grammar finds in `content`. */
export function markupIn(content: string): string[] {
  const kinds = new Set<string>();
  const visit = (nodes: unknown): void => {
    if (!Array.isArray(nodes)) return;
    for (const node of nodes as Node[]) {
      if (!["text", "br", "twemoji"].includes(node.type)) kinds.add(node.type);
      visit(node.content);
    }
  };
  visit(parse(content, "extended"));
  visit(parse(content, "normal"));
  return [...kinds];
}

/** Customer texts that try to be markup, a link, a ping or a visual trick. */
export const HOSTILE_TEXTS: string[] = [
  "@everyone @here <@123456789012345678> <@!123456789012345678> <@&123456789012345678>",
  "<#123456789012345678> <t:1700000000:R> <:smile:123456789012345678> <a:wave:123456789012345678>",
  "</claim:123456789012345678> <id:customize>",
  "[Click here to reply](https://evil.example) [b](<https://evil.example>)",
  "[a\nb](https://evil.example) \\[c](https://evil.example)",
  "https://evil.example <https://evil.example> http://evil.example/a_b_c",
  "# Heading\n## Second\n### Third\n-# subtext",
  "> quote\n>>> all of it quoted",
  "* one\n- two\n1. three\n  * four",
  "**bold** *it* __under__ _it_ ~~gone~~ ||spoiler|| `code` ```js\nblock\n```",
  "\\*not\\* \\\\ trailing \\",
  "\u202Egnp.exe\u202C \u2066isolated\u2069 \u200Fright",
  "a\u200Bb\u200Cc\u200Dd\uFEFFe\u00ADf\u2060g\u{E0041}\u{E007F}",
  "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357\u0358\u0359\u035A\u035Balgo",
  "lone \uD800 and \uDC00 surrogates",
  "\u037Ehidden\u1FEFcode\u1FEF",
  "tab\there\u0085next\u2028line\u2029para\v\f",
  "¯\\_(ツ)_/¯ :smile: snake_case_name 1) one",
  "x".repeat(10_000),
  "*".repeat(10_000),
  "👩‍👩‍👧‍👦".repeat(600),
  "\u1100".repeat(3_000),
];
