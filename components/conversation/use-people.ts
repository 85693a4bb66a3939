"use client";
import { useState } from "react";
import { changeParticipants } from "@/components/client/desk-api";
import { useVerb, type Verb } from "@/components/client/use-verb";

/** A member's decision about a person. */
export type PersonAct = "add" | "remove" | "dismiss" | "customer";
export type PersonChange = { act: PersonAct; address: string };

const REQUESTS = {
  add: (address: string) => ({ add: [address] }),
  remove: (address: string) => ({ remove: [address] }),
  dismiss: (address: string) => ({ remove: [address] }),
  customer: (address: string) => ({ customer: address }),
} satisfies Record<PersonAct, (address: string) => object>;

type PeopleVerb = Pick<Verb<PersonChange>, "pending" | "failure" | "run"> & {
  /** The last change, if it was carried out. */
  done: PersonChange | null;
};

/** Changes who is in a conversation. `onDone` is called once the page shows it. */
export function usePeople(threadId: string, refresh: () => Promise<unknown>, onDone: () => void): PeopleVerb {
  const [last, setLast] = useState<PersonChange | null>(null);
  const { pending, failure, isDone, run } = useVerb({
    call: ({ act, address }: PersonChange, options) =>
      changeParticipants({ threadId, ...REQUESTS[act](address) }, options),
    refresh: () => refresh(),
    onSettled: (outcome, change) => {
      setLast(change);
      if (outcome.ok) onDone();
    },
  });
  return { pending, failure, run, done: isDone ? last : null };
}
