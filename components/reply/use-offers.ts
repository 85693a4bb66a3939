"use client";
import useSWR from "swr";
import { fetchSuggestions } from "@/components/client/desk-api";
import type { SuggestionsResponse } from "@/lib/api/contracts";
import type { MailPerson } from "@/lib/api/vocabulary";
import { addressKey, isSameAddress } from "./address-list";
import type { RecipientsInHand } from "./use-recipients";

export type Offers = { state: "reading" | "failed" | "read"; people: MailPerson[] };

/**
 * The people to offer for a reply, once `isWanted`: first those whom its writer left out and those who are new here, then
 * the desk's suggestions. Nobody who is in the row.
 */
export function useOffers(
  threadId: string,
  { row, leftOut, newcomers }: RecipientsInHand,
  isWanted: boolean,
): Offers {
  const { data, error } = useSWR<SuggestionsResponse>(
    isWanted ? ["suggestions", threadId] : null,
    () => fetchSuggestions(threadId),
    { refreshInterval: 0, revalidateOnFocus: false },
  );
  const near = [...leftOut, ...newcomers].map(({ address, name }) => ({ address, name }));
  const all = new Map(
    [...near, ...(data?.suggestions ?? [])].map((person) => [addressKey(person.address), person]),
  );
  return {
    state: stateOf(data, error),
    people: [...all.values()].filter((person) => !row.some((other) => isSameAddress(other, person))),
  };
}

function stateOf(data: SuggestionsResponse | undefined, error: unknown): Offers["state"] {
  if (data) return "read";
  return error ? "failed" : "reading";
}

/** The people whose name or address has every word of `typed`, whatever its accents. */
export function matching(people: MailPerson[], typed: string): MailPerson[] {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  return people.filter(({ name, address }) => {
    const text = folded(`${name ?? ""} ${address}`);
    return words.every((word) => text.includes(word));
  });
}

function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
