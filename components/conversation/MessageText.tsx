"use client";
import { useId, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { textBlocks } from "./link-text";
import { foldText } from "./quoted-text";
import { ShowAll } from "./ShowAll";
import { useWholeText } from "./use-whole-text";

type Props = {
  message: TicketMessage;
  /** Without links. */
  isPlain?: boolean;
  className?: string;
};

/** The text of a mail with links; quotes and signature are folded, and the rest of a long text comes on request. */
export function MessageText({ message, isPlain = false, className }: Props) {
  const whole = useWholeText(message);
  const { visible, folded, foldedLines, isWhole } = foldText(whole.text, whole.visibleText);
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const showAll = <ShowAll whole={whole} message={message} />;
  const isCutInFold = folded !== "" && !isWhole;
  return (
    <div className={className}>
      {!(isOpen && isWhole) && <Words text={visible} isPlain={isPlain} />}
      {folded !== "" && (
        <>
          <button
            type="button"
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setIsOpen(!isOpen)}
            className={classNames(
              "mt-3 inline-flex h-6 items-center gap-1.5 rounded-[6px] bg-sunken px-2.5 text-small text-ink-2",
              "hover:bg-nav-on hover:text-ink max-md:h-9 max-md:px-3",
            )}
          >
            <Icon name="more" size={14} className="stroke-[3]" />
            Quoted text, {foldedLines}
            {whole.isClipped && "+"} {foldedLines === 1 && !whole.isClipped ? "line" : "lines"}
          </button>
          <div id={id} hidden={!isOpen} className="mt-3 border-l-2 border-line-strong pl-3 text-ink-2">
            {isOpen && (
              <>
                <Words text={folded} isPlain={isPlain} />
                {isCutInFold && showAll}
              </>
            )}
          </div>
        </>
      )}
      {!isCutInFold && showAll}
    </div>
  );
}

/** A text of more blocks, which is one read whole, is laid out only where it is in view: 1 MB of lines takes seconds. */
const BLOCKS_LAID_OUT = 4;

const BLANK_LINES = /\n(?:[ \t]*\n)+/g;

/** `text` in as few elements as it can be shown in, with at most one blank line in a row. */
function Words({ text, isPlain }: { text: string; isPlain: boolean }) {
  if (text === "") return <p className="text-ink-3">No text.</p>;
  const blocks = textBlocks(text.replace(BLANK_LINES, "\n\n"));
  return blocks.map((pieces, index) => (
    <p
      key={index}
      dir="auto"
      className={classNames(
        // Each line has its own direction, as a paragraph of its own would.
        "wrap-anywhere whitespace-pre-wrap [unicode-bidi:plaintext]",
        blocks.length > BLOCKS_LAID_OUT && "[contain-intrinsic-size:auto_2000px] [content-visibility:auto]",
      )}
    >
      {pieces.map((piece, place) =>
        piece.href && !isPlain ? (
          <a
            key={place}
            href={piece.href}
            target="_blank"
            rel="noopener noreferrer nofollow ugc"
            className="text-mine underline decoration-mine-line underline-offset-2 hover:decoration-current"
          >
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </p>
  ));
}
