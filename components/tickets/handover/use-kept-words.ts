"use client";
import { useMember } from "@/components/client/Member";
import { useKeptText } from "@/components/ui/kept-text";

/**
 * The words that the member has written with an act and not sent, kept until the act is done: "note" goes with a hand-over,
 * "reason" with a decline. `about` is the ticket's id, or names the tickets.
 */
export function useKeptWords(kind: "note" | "reason", about: string): [string, (words: string) => void] {
  const member = useMember();
  return useKeptText(`claimdesk:${kind}:${member.id}:${about}`);
}
