import "server-only";
import type { FailureOf } from "@/lib/api/refusals";
import type { MailPerson } from "@/lib/api/vocabulary";
import type { DeskAddresses } from "@/lib/conversation/desk";
import { problemWith, type People } from "@/lib/conversation/people";
import { addressKey, toAddress } from "@/lib/mail/address";
import { cleanLine } from "@/lib/mail/clean-text";
import { fail } from "@/lib/result";

const NAME_MAX = 200;

/** Whom a member named: an address alone, or "Name <address>". The address is as it was written if it is none. */
export function toPerson(written: string): MailPerson {
  const [, before = "", inside] = /^([^<>]*)<([^<>]*)>$/.exec(written.trim()) ?? [];
  const name = cleanLine(before, NAME_MAX).replace(/^"(.*)"$/, "$1");
  const address = inside ?? written;
  return { address: toAddress(address) || address.trim(), name: name || null };
}

/** These people, each address once: as it was named first. */
export function distinct(people: MailPerson[]): MailPerson[] {
  const found = new Map<string, MailPerson>();
  for (const person of people) {
    const key = addressKey(person.address);
    if (!found.has(key)) found.set(key, person);
  }
  return [...found.values()];
}

/** The refusal of the first of these whom mail cannot be sent to; null if there is none. */
export function refusalOf(people: MailPerson[], desk: DeskAddresses) {
  for (const { address } of people) {
    const problem = problemWith(address, desk);
    if (problem) return invalid(address, `${problem} Correct it or leave it out.`);
  }
  return null;
}

/** `problem` is the whole sentence. */
export function invalid(
  address: string,
  problem: string,
): { ok: false; failure: FailureOf<"invalid_recipient"> } {
  return fail({ reason: "invalid_recipient", address, problem });
}

/** The person with the name by which the conversation knows them, if they were named without one. */
export function asKnown({ address, name }: MailPerson, { participants, newcomers }: People): MailPerson {
  const key = addressKey(address);
  const known = [...participants, ...newcomers].find((other) => other.key === key && other.name !== null);
  return { address, name: name ?? known?.name ?? null };
}
