import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, vi } from "vitest";
import { useTicket } from "@/components/conversation/use-ticket";
import { ReplyForm } from "@/components/ReplyForm";
import type { Conversation, ReplyRequest, TicketDetailResponse } from "@/lib/api/contracts";
import type { Participant } from "@/lib/api/vocabulary";
import { askedFor } from "./desk-answers";
import { renderOnDesk } from "./on-desk";

export const REPLY = "POST /api/emails/reply";
export const DELIVERY = "POST /api/emails/delivery";

type Layout = "card" | "sheet";

/** The form as on a page, where the ticket is kept up to date. */
export function Replying({ rendered, layout }: { rendered: TicketDetailResponse; layout?: Layout }) {
  const { refresh, ...detail } = useTicket(rendered);
  const { ticket, messages } = detail;
  return (
    <ReplyForm ticket={ticket} conversation={detail} messages={messages} refresh={refresh} layout={layout} />
  );
}

export function showReplyForm(
  detail: TicketDetailResponse,
  { layout, ...options }: Parameters<typeof renderOnDesk>[1] & { layout?: Layout } = {},
): ReturnType<typeof renderOnDesk> {
  return renderOnDesk(<Replying rendered={detail} layout={layout} />, options);
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

/** Waits until the page has read the ticket again. Needs fake timers. */
export async function afterNews(): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(1_600));
}

/** The requests to reply, with their keys. */
export function sentReplies(): (ReplyRequest & { key: string | null })[] {
  return askedFor(REPLY).map(({ body, headers }) => ({
    // The tests check each field of it.
    ...(body as ReplyRequest),
    key: headers.get("idempotency-key"),
  }));
}

/** Expects an outcome on the page with `sentence`, however it is marked up. */
export function expectSentence(sentence: string | RegExp): void {
  const outcome = screen.queryAllByRole("alert").concat(screen.queryAllByRole("status"));
  const sentences = outcome.map((element) => element.textContent?.replace(/\s+/g, " ") ?? "");
  expect(sentences).toContainEqual(
    typeof sentence === "string" ? expect.stringContaining(sentence) : expect.stringMatching(sentence),
  );
}

export const LENA = { address: "lena@hoffmann.example", name: "Lena Hoffmann" };
export const DORA = { address: "dora@kent.example", name: "Dora Kent" };
export const EVAN = { address: "evan@fox.example", name: "Evan Fox" };

type People = {
  to?: Pick<Participant, "address" | "name">[];
  cc?: Pick<Participant, "address" | "name">[];
  unreachable?: Participant[];
  newcomers?: Conversation["newcomers"];
  recipientsRevision?: number;
};

/** The ticket with these recipients: the customer Lena in To, unless said otherwise. */
export function addressedTo(
  detail: TicketDetailResponse,
  { to = [LENA], cc = [], unreachable = [], newcomers = [], recipientsRevision = 0 }: People,
): TicketDetailResponse {
  const addresses = (people: { address: string }[]) => people.map(({ address }) => address);
  const participants = [...to, ...cc].map(({ address, name }) => ({
    address,
    name,
    role: address === LENA.address ? ("customer" as const) : ("copied" as const),
    problem: null,
  }));
  return {
    ...detail,
    ticket: { ...detail.ticket, recipientsRevision },
    recipients: { to: addresses(to), cc: addresses(cc) },
    recipientsRevision,
    participants: [...participants, ...unreachable],
    newcomers,
  };
}

/** The people in a row, as its list has them: "Dora Kent dora@kent.example". */
export function chips(row: "To" | "Cc"): string[] {
  const list = screen.queryByRole("list", { name: row });
  if (!list) return [];
  return within(list)
    .queryAllByRole("listitem")
    .map((item) => item.title);
}

export const field = (row: "To" | "Cc") => screen.getByRole("combobox", { name: `Add somebody to ${row}` });
