import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, vi } from "vitest";
import { useTicket } from "@/components/conversation/use-ticket";
import { ReplyForm } from "@/components/ReplyForm";
import type { ReplyRequest, TicketDetailResponse } from "@/lib/api/contracts";
import { askedFor } from "./desk-answers";
import { renderOnDesk } from "./on-desk";

export const REPLY = "POST /api/emails/reply";
export const DELIVERY = "POST /api/emails/delivery";

/** The form as a page has it: with the ticket kept fresh. */
export function Replying({ rendered }: { rendered: TicketDetailResponse }) {
  const { ticket, messages, refresh } = useTicket(rendered);
  return <ReplyForm ticket={ticket} messages={messages} refresh={refresh} />;
}

export function showReplyForm(
  detail: TicketDetailResponse,
  options: Parameters<typeof renderOnDesk>[1] = {},
): ReturnType<typeof renderOnDesk> {
  return renderOnDesk(<Replying rendered={detail} />, options);
}

export const user = () => userEvent.setup(vi.isFakeTimers() ? { advanceTimers: vi.advanceTimersByTime } : {});
export const text = () => screen.getByRole("textbox", { name: "Your reply" });

export async function write(words: string): Promise<void> {
  await user().click(text());
  await user().keyboard(words);
}

export async function press(name: string | RegExp): Promise<void> {
  await user().click(screen.getByRole("button", { name }));
}

/** Long enough for the page to have asked for news once more. Needs fake timers. */
export async function afterNews(): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(1_600));
}

/** The replies that were sent off, with the keys they went under. */
export function sentReplies(): (ReplyRequest & { key: string | null })[] {
  return askedFor(REPLY).map(({ body, headers }) => ({
    // What the form sends is checked field by field by the tests that read it.
    ...(body as ReplyRequest),
    key: headers.get("idempotency-key"),
  }));
}

/** One sentence on the page, however it is marked up inside. */
export function expectSentence(sentence: string | RegExp): void {
  const outcome = screen.queryAllByRole("alert").concat(screen.queryAllByRole("status"));
  const sentences = outcome.map((element) => element.textContent?.replace(/\s+/g, " ") ?? "");
  expect(sentences).toContainEqual(
    typeof sentence === "string" ? expect.stringContaining(sentence) : expect.stringMatching(sentence),
  );
}
