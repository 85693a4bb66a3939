"use client";
import { useId, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import { linkPieces } from "./link-text";
import { foldText } from "./quoted-text";

const BLANK_LINES = /\n(?:[ \t]*\n)+/;

type Props = { text: string; visibleText: string; className?: string };

/** The text of a mail with links; quotes and signature are folded. */
export function MessageText({ text, visibleText, className }: Props) {
  const { visible, folded, foldedLines, isWhole } = foldText(text, visibleText);
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  return (
    <div className={className}>
      {!(isOpen && isWhole) && <Words text={visible} />}
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
            Quoted text, {foldedLines} {foldedLines === 1 ? "line" : "lines"}
          </button>
          <div id={id} hidden={!isOpen} className="mt-3 border-l-2 border-line-strong pl-3 text-ink-2">
            {isOpen && <Words text={folded} />}
          </div>
        </>
      )}
    </div>
  );
}

function Words({ text }: { text: string }) {
  if (text === "") return <p className="text-ink-3">No text.</p>;
  return text.split(BLANK_LINES).map((paragraph, index) => (
    <p key={index} dir="auto" className="wrap-anywhere whitespace-pre-wrap not-first:mt-2.5">
      <Linked text={paragraph} />
    </p>
  ));
}

function Linked({ text }: { text: string }) {
  return linkPieces(text).map((piece, index) =>
    piece.href ? (
      <a
        key={index}
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
  );
}
