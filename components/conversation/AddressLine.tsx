"use client";
import { Fragment, useState } from "react";
import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { addressName, writerName, type People } from "./people";

/** Addresses that a mail shows before the others are folded. */
const SHOWN_MAX = 4;

type Props = { message: TicketMessage; ticket: Ticket; people: People };

/** From which address a mail came, and to whom: "lena@hoffmann.example to support@, Petra Vance, Cc Tove Lund". */
export function AddressLine({ message, ticket, people }: Props) {
  const [isWhole, setIsWhole] = useState(false);
  const [to, cc] = [message.to.filter(Boolean), message.cc.filter(Boolean)];
  const count = to.length + cc.length;
  const isFolded = !isWhole && count > SHOWN_MAX + 1;
  const toShown = isFolded ? to.slice(0, SHOWN_MAX) : to;
  const ccShown = isFolded ? cc.slice(0, SHOWN_MAX - toShown.length) : cc;
  const hidden = count - toShown.length - ccShown.length;
  const from = message.direction === "inbound" && message.from !== writerName(message, "") && message.from;
  if (!from && count === 0) return null;
  return (
    <p className="text-small wrap-anywhere text-ink-3">
      {from && <bdi>{from}</bdi>}
      {toShown.length > 0 && <> to {named(toShown)}</>}
      {ccShown.length > 0 && (
        <>
          {toShown.length > 0 ? ", Cc " : " Cc "}
          {named(ccShown)}
        </>
      )}
      {(hidden > 0 || isWhole) && (
        <>
          {" "}
          <button
            type="button"
            aria-expanded={isWhole}
            onClick={() => setIsWhole(!isWhole)}
            className="relative font-medium whitespace-nowrap text-ink-2 underline decoration-line-strong underline-offset-2 after:absolute after:-inset-1.5 hover:text-ink max-md:after:-inset-3"
          >
            {isWhole ? "Show fewer" : `and ${hidden} more`}
          </button>
        </>
      )}
    </p>
  );

  function named(addresses: string[]) {
    return addresses.map((address, index) => (
      <Fragment key={index}>
        {index > 0 && ", "}
        <bdi title={address}>{addressName(address, people, ticket)}</bdi>
      </Fragment>
    ));
  }
}
