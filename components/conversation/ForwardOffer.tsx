"use client";
import { useRef, useState } from "react";
import { changeParticipants } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { Icon } from "@/components/ui/Icon";
import { firstNameOf } from "@/components/ui/people";
import { otherAssignee, type MailPerson, type Ticket } from "@/lib/api/vocabulary";
import { CardFoot } from "./CardFoot";
import { isSameAddress } from "./people";

type Props = {
  /** Null once they are the customer. */
  sender: MailPerson | null;
  ticket: Ticket;
  isOurs: boolean;
  refresh: () => Promise<unknown>;
};

/** Below a forwarded mail: makes the sender that its text names the customer, once a member says that it is them. */
export function ForwardOffer({ sender, ticket, isOurs, refresh }: Props) {
  const member = useMember();
  const [chosen, setChosen] = useState<MailPerson | null>(null);
  const said = useRef<HTMLParagraphElement>(null);
  const change = useVerb({
    call: (customer: string, options) => changeParticipants({ threadId: ticket._id, customer }, options),
    refresh: () => refresh(),
    // The button is gone by then; the focus stays here.
    onSettled: (outcome) => outcome.ok && said.current?.focus(),
  });
  const isIdle = change.pending === null && !change.isDone;
  const person = isIdle ? sender : (chosen ?? sender);
  if (!person || member.role === "viewer") return null;
  const { address, name } = person;
  if (isIdle && isSameAddress(ticket.from, address)) return null;

  const assignee = otherAssignee(ticket, member.id)?.assignedToName;
  return (
    <CardFoot isOurs={isOurs} className="flex flex-wrap items-center gap-x-3 gap-y-2.5">
      <p
        ref={said}
        role="status"
        tabIndex={-1}
        className="min-w-60 flex-1 wrap-anywhere outline-none md:pl-[38px]"
      >
        <Icon name="reply" size={14} className="mr-2 inline -scale-x-100 align-[-2px]" />
        {change.isDone ? (
          <>
            <Address>{address}</Address> is the customer now. Replies go there.
          </>
        ) : (
          <>
            This looks forwarded. Is it from {name && <Name>{name}</Name>}
            <Address>{address}</Address>? {verbNote(change) ?? holding(assignee)}
          </>
        )}
      </p>
      {!change.isDone && !assignee && (
        <Button
          size="auto"
          className="max-w-full min-w-0 max-md:w-full"
          pending={change.pending !== null}
          pendingLabel="Changing the customer"
          onClick={() => {
            setChosen(person);
            change.run(address);
          }}
        >
          <span className="cut">
            This is from <bdi>{address}</bdi>
          </span>
        </Button>
      )}
    </CardFoot>
  );
}

function Address({ children }: { children: string }) {
  return (
    <b className="font-medium text-ink">
      <bdi>{children}</bdi>
    </b>
  );
}

function Name({ children }: { children: string }) {
  return (
    <>
      <bdi className="font-medium text-ink">{children}</bdi>,{" "}
    </>
  );
}

function holding(assignee: string | undefined): string | null {
  return assignee ? `${firstNameOf(assignee)} holds this ticket and can make them the customer.` : null;
}
