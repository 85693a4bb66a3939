"use client";
import { useId, useRef, useState, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { classNames } from "@/components/ui/class-names";
import { Chip } from "@/components/ui/Chip";
import { Icon } from "@/components/ui/Icon";
import type { RowPerson } from "./recipient-edits";
import { recipientsLine } from "./recipient-words";
import { RecipientRow } from "./RecipientRow";
import { RecipientSentences } from "./RecipientSentences";
import { useOffers } from "./use-offers";
import type { RecipientsInHand } from "./use-recipients";

/** Chips shown in both rows together before the rest is folded. */
const CHIPS_MAX = 6;
/** People who are new here, shown before the rest is folded; fewer on a page where Send must stay near. */
const NEWCOMERS_MAX = 6;
const NEWCOMERS_LOW = 2;
/** People and sentences about them in rows that fit into a phone's window. */
const LOW_MAX = 4;

type Props = {
  threadId: string;
  recipients: RecipientsInHand;
  isEditable: boolean;
  isSending: boolean;
  /** One line that opens the rows, at the top of the sheet. */
  isFolded: boolean;
  /** There is something to look at in the rows. */
  isUrgent: boolean;
  /** At the right end of the folded line. */
  mark: ReactNode;
  /** Ctrl and Enter in a field. */
  onSend: () => void;
};

/** Whom the reply goes to, as To and Cc, which the writer can change for this reply. */
export function Recipients(props: Props) {
  const { recipients, isSending, isFolded, isUrgent, mark } = props;
  const [isOpened, setIsOpened] = useState(false);
  const id = useId();
  const isOpen = !isFolded || isOpened || isUrgent;
  const rows = (
    <div inert={isSending} className="border-b border-line">
      <Rows {...props} />
    </div>
  );
  if (!isFolded) return rows;
  return (
    <>
      <div className={classNames("flex min-h-11 items-center gap-3 pr-4", isOpen && "border-b border-line")}>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setIsOpened(!isOpen)}
          className="flex min-h-11 min-w-0 flex-1 items-center gap-2 pl-4 text-left text-small text-ink-3 hover:text-ink"
        >
          <span className="cut">{recipientsLine(recipients.addressed)}</span>
          {!isOpen && <FoldedMarks recipients={recipients} />}
          <Icon name={isOpen ? "up" : "down"} size={14} />
        </button>
        {mark}
      </div>
      <div id={id} hidden={!isOpen} data-tall={isTall(recipients) || undefined}>
        {isOpen && rows}
      </div>
    </>
  );
}

/** True if the open rows may be higher than a phone's window. */
function isTall({ row, newcomers }: RecipientsInHand): boolean {
  const sentences = row.filter(({ problem }) => problem !== null).length;
  return row.length + newcomers.length + sentences > LOW_MAX;
}

/** Says on the folded line what the rows would show. */
function FoldedMarks({ recipients: { row, newcomers } }: Pick<Props, "recipients">) {
  const leftOut = row.filter(({ problem }) => problem !== null).length;
  return (
    <>
      {leftOut > 0 && <span className="flex-none text-danger">{leftOut} can’t be mailed</span>}
      {newcomers.length > 0 && <Chip tone="outside">{newcomers.length} new here</Chip>}
    </>
  );
}

type RowsProps = Pick<Props, "threadId" | "recipients" | "isEditable" | "isFolded" | "onSend">;

function Rows({ threadId, recipients, isEditable, isFolded, onSend }: RowsProps) {
  const [isAll, setIsAll] = useState(false);
  const [isAsked, setIsAsked] = useState(false);
  const [hasCc, setHasCc] = useState(false);
  const [said, setSaid] = useState({ sentence: "", isShown: false });
  const offers = useOffers(threadId, recipients, isAsked);
  const toField = useRef<HTMLInputElement>(null);
  const ccField = useRef<HTMLInputElement>(null);
  const { row, newcomers } = recipients;
  const inTo = row.filter(({ place }) => place === "to").length;
  const isCcShown = hasCc || newcomers.length > 0 || row.length > inTo;
  // Once shown it stays: whoever removes the last one goes on in its field.
  if (isCcShown && !hasCc) setHasCc(true);
  const newcomersMax = isFolded ? NEWCOMERS_LOW : NEWCOMERS_MAX;
  const shared = {
    recipients,
    isEditable,
    offers,
    onShowAll: () => setIsAll(true),
    onOpenOffers: () => setIsAsked(true),
    onSay: (sentence: string, isShown = false) => setSaid({ sentence, isShown }),
    onSend,
    newcomersMax: isAll ? Infinity : newcomersMax,
  };

  function openCc() {
    flushSync(() => setHasCc(true));
    ccField.current?.focus();
  }

  /** Puts the address into the field, to be typed right. */
  function correct({ address, name, place }: RowPerson) {
    flushSync(() => {
      recipients.place([{ address, name }], "out");
      recipients.type(place, address);
      if (place === "cc") setHasCc(true);
    });
    const field = place === "to" ? toField.current : ccField.current;
    field?.focus();
    field?.select();
  }

  return (
    <>
      <RecipientRow {...shared} place="to" field={toField} chipsMax={isAll ? Infinity : CHIPS_MAX}>
        {isEditable && !isCcShown && (
          <button
            type="button"
            aria-label="Add Cc"
            onClick={openCc}
            className="grid h-8 min-w-6 place-items-center text-small font-medium text-mine hover:underline max-md:-my-1.5 max-md:h-11 max-md:min-w-11"
          >
            Cc
          </button>
        )}
      </RecipientRow>
      {isCcShown && (
        <div className="border-t border-line">
          <RecipientRow
            {...shared}
            place="cc"
            field={ccField}
            chipsMax={isAll ? Infinity : Math.max(CHIPS_MAX - inTo, 1)}
          />
        </div>
      )}
      <RecipientSentences recipients={recipients} onCorrect={isEditable ? correct : undefined} />
      <p
        role="status"
        className={said.isShown ? "pr-4 pb-2 pl-12 text-small wrap-anywhere text-ink-2" : "sr-only"}
      >
        {said.sentence}
      </p>
    </>
  );
}
