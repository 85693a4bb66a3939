import { Icon } from "@/components/ui/Icon";
import type { TicketMessage } from "@/lib/api/vocabulary";

type Props = { message: Pick<TicketMessage, "parseProblem" | "ledgerId"> };

/** Says which part of the mail could not be read, with a link to the mail as it arrived. */
export function ParseProblem({ message: { parseProblem, ledgerId } }: Props) {
  if (!parseProblem) return null;
  return (
    <div className="mb-3 flex items-start gap-2.5 rounded-control border border-unclaimed-line bg-unclaimed-soft px-3 py-2 text-ui text-unclaimed">
      <Icon name="alert" className="mt-0.5" />
      <p className="min-w-0 flex-1">
        {parseProblem}{" "}
        {ledgerId && (
          <a
            href={`/api/emails/inbound/${ledgerId}/raw`}
            className="font-medium whitespace-nowrap underline underline-offset-2"
          >
            Download the mail as it arrived
          </a>
        )}
      </p>
    </div>
  );
}
