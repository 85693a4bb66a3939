"use client";
import type { ReactNode } from "react";
import { useMember } from "@/components/client/Member";
import { classNames } from "@/components/ui/class-names";
import { senderName, type TicketSummary } from "@/lib/api/vocabulary";
import { Chip } from "@/components/ui/Chip";
import { Icon } from "@/components/ui/Icon";
import { whyOf, type Why } from "./attention-words";
import { givenText } from "./handover/handover-words";
import { ticketHref } from "./ticket-paths";
import { PageLink } from "@/components/ui/PageLink";

/** `new` has a dot and heavier text; `settled` is grey, since somebody else holds the ticket. */
type Weight = "new" | "seen" | "settled";

const SENDER: Record<Weight, string> = { new: "font-semibold", seen: "font-medium", settled: "" };
const SUBJECT: Record<Weight, string> = {
  new: "font-medium text-ink",
  seen: "text-ink-2 max-md:text-ink",
  settled: "",
};

type Props = { ticket: TicketSummary; weight: Weight; chip: ReactNode };

/** The sender and the status above the subject and the first words of the mail. */
export function RowText({ ticket, weight, chip }: Props) {
  const hasNewcomer = ticket.hasNewcomer && weight !== "settled";
  const reader = useMember();
  const why = weight !== "settled" && whyOf(ticket, reader.id);
  const given = weight !== "settled" && givenText(ticket, reader.id);
  return (
    <>
      {weight === "new" && (
        <span className="absolute top-1/2 left-[14.5px] size-[7px] -translate-y-1/2 rounded-full bg-accent md:group-data-selectable/list:group-hover/row:opacity-0 md:group-data-selectable/list:group-has-[:focus-visible:checked]/row:opacity-0 group-data-[selecting=true]/list:opacity-0 max-md:top-[17px] max-md:left-[5px]">
          <span className="sr-only">New</span>
        </span>
      )}
      <span className="flex min-w-0 items-center gap-2 [grid-area:who]">
        <span className={classNames("cut", SENDER[weight])}>
          <bdi>{senderName(ticket)}</bdi>
        </span>
        {hasNewcomer && <Chip tone="outside">New here</Chip>}
      </span>
      <span
        className={classNames(
          "grid [grid-area:chip] empty:hidden",
          hasNewcomer && "max-md:not-in-data-[view=mine]:hidden", // no room for both and a name
        )}
      >
        {chip}
      </span>
      <span
        className={classNames(
          "min-w-0 [grid-area:text] max-md:grid md:cut",
          weight !== "settled" && "text-ink-3",
        )}
      >
        <PageLink
          href={ticketHref(ticket._id)}
          data-act="open"
          dir="auto"
          className={classNames("row-link text-left max-md:cut md:mr-1.5", SUBJECT[weight])}
        >
          {ticket.subject || "No subject"}
        </PageLink>
        <span
          className={classNames(
            "text-left max-md:not-in-data-[note=none]:hidden", // a note stands in its place
            why || given ? "max-md:line-clamp-2" : "max-md:cut",
          )}
        >
          {weight !== "settled" && (
            <>
              {why && <WhyItNeedsALook why={why} />}
              {given && <WhoGaveIt text={given} />}
              <bdi>{ticket.excerpt}</bdi>
            </>
          )}
        </span>
      </span>
    </>
  );
}

/** Why the ticket stands under *Needs a look*: red if the customer surely did not get the reply, else orange. */
function WhyItNeedsALook({ why: { text, isBad } }: { why: Why }) {
  return (
    <bdi className={isBad ? "text-danger" : "text-unclaimed"}>
      <Icon name="alert" size={12} isBold className="mr-1 inline align-[-1px]" />
      {text}{" "}
    </bdi>
  );
}

/** Blue, since it concerns the reader. */
function WhoGaveIt({ text }: { text: string }) {
  return (
    <span className="text-mine">
      <Icon name="mine" size={12} isBold className="mr-1 inline align-[-1px]" />
      <bdi>{text}</bdi>{" "}
    </span>
  );
}
