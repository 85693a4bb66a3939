import { firstNameOf } from "@/components/ui/people";
import { SentenceTime } from "@/components/ui/SentenceTime";
import { senderName, type TicketMessage } from "@/lib/api/vocabulary";

/** At the end of a reply: each emoji once, with the names of those who reacted with it. Nothing without reactions. */
export function Reactions({ reactions }: { reactions: TicketMessage[] }) {
  if (reactions.length === 0) return null;
  return (
    <ul aria-label="Reactions" className="mt-3 flex flex-wrap gap-1.5 md:pl-[38px]">
      {[...Map.groupBy(reactions, ({ reaction }) => reaction?.emoji ?? "")].map(([emoji, those]) => (
        <li
          key={emoji}
          className="inline-flex min-h-6 min-w-0 items-center gap-1.5 rounded-full border border-ours-line bg-surface px-2 py-0.5 text-small text-ink-2"
        >
          <span>{emoji}</span>
          <bdi className="min-w-0 wrap-anywhere">{namesIn(those)}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** A reaction to a reply that is not shown. */
export function ReactionLine({ message }: { message: TicketMessage }) {
  return (
    <p className="py-3 pl-[59px] text-small wrap-anywhere text-ink-3 max-md:pl-[55px]">
      <bdi>{firstNameOf(senderName(message))}</bdi> reacted with {message.reaction?.emoji} to an earlier reply{" "}
      <SentenceTime at={message.sentAt} />.
    </p>
  );
}

function namesIn(reactions: TicketMessage[]): string {
  return [...new Set(reactions.map((message) => firstNameOf(senderName(message))))].join(", ");
}
