import type { RowPerson } from "./recipient-edits";
import type { RecipientsInHand } from "./use-recipients";

/** Sentences about addresses that mail cannot be sent to. */
const PROBLEMS_MAX = 3;

type Props = { recipients: RecipientsInHand; onCorrect?: (person: RowPerson) => void };

/** Sentences about the rows; none most of the time. */
export function RecipientSentences({ recipients: { row, change, problem }, onCorrect }: Props) {
  const unreachable = row.filter((person) => person.problem !== null);
  return (
    <div role="status" className="pr-4 pl-12 text-small not-empty:pb-2">
      {unreachable.slice(0, PROBLEMS_MAX).map((person) => (
        <p key={person.address} className="min-h-6 py-1 wrap-anywhere text-danger">
          {person.problem} This reply leaves it out.{" "}
          {onCorrect && (
            <button
              type="button"
              aria-label={`Correct it: ${person.address}`}
              onClick={() => onCorrect(person)}
              className="font-medium text-mine hover:underline max-md:-my-3.5 max-md:inline-grid max-md:h-11 max-md:min-w-11 max-md:items-center max-md:align-middle"
            >
              Correct it
            </button>
          )}
        </p>
      ))}
      {change && <p className="min-h-6 py-1 text-unclaimed">{change}</p>}
      {problem && <p className="min-h-6 py-1 font-medium text-danger">{problem}</p>}
    </div>
  );
}
