import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import { Conversation } from "@/components/conversation/Conversation";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { conversation, mail } from "@/tests/support/factories/conversations";
import { renderOnDesk } from "@/tests/support/screen/on-desk";

function show(...messages: TicketMessage[]): void {
  renderOnDesk(<Conversation detail={conversation(messages)} refresh={async () => {}} />);
}

describe("a mail in the conversation", () => {
  test("folds its quotes behind their number of lines, and opens them on a press", async () => {
    show(mail("Thank you!\n\nOn Monday Support wrote:\n> Done.\n> Goodbye.", { visibleText: "Thank you!" }));
    const fold = screen.getByRole("button", { name: "Quoted text, 3 lines" });
    expect(fold).toHaveAttribute("aria-expanded", "false");
    expect(screen.queryByText(/Goodbye/)).not.toBeInTheDocument();

    await userEvent.click(fold);
    expect(screen.getByText(/Goodbye/)).toBeVisible();
    await userEvent.click(fold);
    expect(screen.queryByText(/Goodbye/)).not.toBeInTheDocument();
  });

  test("unfolds to the whole text if its visible part is from the middle", async () => {
    show(
      mail("> Which card?\nThe blue one.\n> And when?\nMonday.", { visibleText: "The blue one.\nMonday." }),
    );
    await userEvent.click(screen.getByRole("button", { name: "Quoted text, 2 lines" }));
    expect(screen.getAllByText(/The blue one\./)).toHaveLength(1);
    expect(screen.getByText(/And when\?/)).toBeVisible();
  });

  test.each([
    ["nothing is quoted", "Just this.", "Just this."],
    ["nothing else is left", "> Only a quote.", ""],
  ])("has no fold if %s", (_why, text, visibleText) => {
    show(mail(text, { visibleText }));
    expect(screen.queryByRole("button", { name: /Quoted/ })).not.toBeInTheDocument();
    expect(screen.getByText(text)).toBeVisible();
  });

  test("has its web addresses as links, which send no referrer", () => {
    show(mail("See https://example.com/a_(b), or (https://example.com/c). Not javascript:alert(1)."));
    const links = screen.getAllByRole("link");
    expect(links.map((link) => link.getAttribute("href"))).toEqual([
      "https://example.com/a_(b)",
      "https://example.com/c",
    ]);
    for (const link of links) expect(link).toHaveAttribute("rel", expect.stringContaining("noreferrer"));
  });

  test("is shown within 2 seconds, even with hostile addresses", () => {
    const text = `http://a${".".repeat(200_000)}x ${"https://".repeat(20_000)}`;
    const startedAt = performance.now();
    show(mail(text));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test("offers its attachments for download, by name and size", () => {
    const statement = {
      index: 0,
      filename: "statement.pdf",
      contentType: "application/pdf",
      sizeBytes: 84_221,
    };
    const message = mail("Attached.", {
      attachments: [statement, { ...statement, index: 1, filename: "b.zip", sizeBytes: 1_204_000 }],
    });
    show(message);
    const link = screen.getByRole("link", { name: "Download statement.pdf, 84 kB" });
    expect(link).toHaveAttribute("href", `/api/emails/messages/${message._id}/attachments/0`);
    expect(link).toHaveAttribute("download", "statement.pdf");
    expect(screen.getByRole("link", { name: "Download b.zip, 1.2 MB" })).toBeInTheDocument();
  });

  test("is marked as automatic if it is", () => {
    show(mail("I am out of the office.", { automatic: true }));
    expect(screen.getByText("Automatic")).toBeInTheDocument();
  });

  test("says which part could not be read, and links to the mail as it arrived", () => {
    show(mail("Hi!", { parseProblem: "The second part was cut off.", ledgerId: "c".repeat(64) }));
    expect(screen.getByText(/The second part was cut off\./)).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Download the mail as it arrived" })).toHaveAttribute(
      "href",
      `/api/emails/inbound/${"c".repeat(64)}/raw`,
    );
  });
});

describe("a mail with a layout of its own", () => {
  const letter = mail("Hello in text", { hasHtml: true });

  test("is shown as text until Show formatted is pressed", async () => {
    show(letter);
    expect(screen.queryByTitle(/Formatted mail/)).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Show formatted" }));
    expect(screen.queryByText("Hello in text")).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Show as text" }));
    expect(screen.getByText("Hello in text")).toBeVisible();
  });

  test("is shown in a sandboxed frame without scripts and without our origin", async () => {
    show(letter);
    await userEvent.click(screen.getByRole("button", { name: "Show formatted" }));
    const frame = screen.getByTitle("Formatted mail from Lena Hoffmann");
    expect(frame.getAttribute("sandbox")?.split(" ").sort()).toEqual([
      "allow-popups",
      "allow-popups-to-escape-sandbox",
    ]);
    // The policy of this page would refuse the mail's own styles.
    expect(frame).not.toHaveAttribute("srcdoc");
    expect(frame).toHaveAttribute("src", `/api/emails/messages/${letter._id}/formatted`);
  });
});
