import type { Notice, TicketMessage } from "@/lib/api/vocabulary";
import { ServerWords } from "./ServerWords";

type Props = { message: Pick<TicketMessage, "direction">; notice: Notice };

/** The mail servers' own words that came with a notice, each once. */
export function NoticeWords({ message, notice }: Props) {
  const by = message.direction === "inbound" ? "Their mail server" : "The mail server";
  // Of an unconfirmed reply, the recipients that were refused are told one by one.
  const missed = notice.kind === "unconfirmed" ? [] : notice.recipients;
  const all = [...missed.map(({ detail }) => detail), notice.detail];
  const words = [...new Set(all.map((text) => text.trim()))];
  // One that stands inside another one was said already.
  const own = words.filter((text) => !words.some((other) => other !== text && other.includes(text)));
  return own.map((text) => <ServerWords key={text} by={by} words={text} />);
}
