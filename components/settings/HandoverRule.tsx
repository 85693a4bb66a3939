import { useId } from "react";
import { RuleRow } from "./RuleRow";

const CHOICES = [
  { name: "Only admins", mayMembersAssign: false },
  { name: "Every member", mayMembersAssign: true },
];

type Props = {
  mayMembersAssign: boolean;
  isChanged: boolean;
  onChange: (mayMembersAssign: boolean) => void;
};

/** Who may give an unassigned ticket to somebody else. */
export function HandoverRule({ mayMembersAssign, isChanged, onChange }: Props) {
  const name = useId();
  return (
    <RuleRow
      title="Hand over"
      about="A member can always claim a ticket, and give away their own. Whoever gets one is told, and may decline it."
    >
      <fieldset>
        <legend className="font-medium">Who may give an unassigned ticket to somebody else</legend>
        <div className="mt-1.5 flex flex-wrap gap-2">
          {CHOICES.map((choice) => {
            const isChosen = choice.mayMembersAssign === mayMembersAssign;
            return (
              <label
                key={choice.name}
                data-changed={(isChanged && isChosen) || undefined}
                className="flex h-(--control) items-center gap-2 rounded-control border border-line-strong bg-raised px-2.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent data-changed:border-ink data-changed:ring-1 data-changed:ring-ink max-md:h-(--touch) max-md:w-full max-md:rounded-touch"
              >
                <input
                  type="radio"
                  name={name}
                  checked={isChosen}
                  onChange={() => onChange(choice.mayMembersAssign)}
                  className="accent-ink outline-none"
                />
                {choice.name}
                {isChanged && !isChosen && (
                  <span aria-hidden="true" className="text-ink-3">
                    set now
                  </span>
                )}
              </label>
            );
          })}
        </div>
      </fieldset>
    </RuleRow>
  );
}
