import { daysText, isDays, type Fields } from "./settings-draft";
import { RuleRow } from "./RuleRow";
import { TextField } from "./TextField";

type Name = "rawMailDays" | "closedBodiesDays";
const FIELDS: { name: Name; label: string; hint: string }[] = [
  {
    name: "rawMailDays",
    label: "Mails as they arrived",
    hint: "After that many days the original cannot be downloaded any more. Its ticket stays. A failed mail stays at least 30 days.",
  },
  {
    name: "closedBodiesDays",
    label: "Texts and files of closed tickets",
    hint: "Counted from the day a ticket was resolved. Who wrote, when and about what stays. A ticket that is open again is left alone.",
  },
];

type Props = {
  values: Pick<Fields, Name>;
  /** As they are set. */
  stored: Pick<Fields, Name>;
  changed: string[];
  onChange: (change: Partial<Pick<Fields, Name>>) => void;
};

/** For how long raw mails, and the texts of closed tickets, are kept. */
export function RetentionRule({ values, stored, changed, onChange }: Props) {
  return (
    <RuleRow
      title="Keeping mail"
      about="Without a number mails are kept for good. A shorter time takes effect within minutes, and nobody can undo it."
    >
      {FIELDS.map(({ name, label, hint }) => (
        <TextField
          key={name}
          label={label}
          hint={hint}
          unit={changed.includes(name) ? `days, now ${daysText(stored[name])}` : "days"}
          type="text"
          inputMode="numeric"
          autoComplete="off"
          placeholder="For good"
          value={values[name]}
          isChanged={changed.includes(name)}
          aria-invalid={!isDays(values[name])}
          onChange={(value) => onChange({ [name]: value })}
          className="w-28"
        />
      ))}
    </RuleRow>
  );
}
