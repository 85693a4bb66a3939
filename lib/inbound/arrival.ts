import "server-only";
import type { MailPerson, TeamMember, Verification } from "@/lib/api/vocabulary";
import { findColleagues } from "@/lib/conversation/colleague";
import type { Arrival } from "@/lib/conversation/joining";
import { writerOf } from "@/lib/conversation/writer";
import { addressKey, toAddress } from "@/lib/mail/address";
import type { Filing } from "./filing";

/** Who wrote a mail, what that proves, and whom it is addressed to. */
export type Sending = {
  arrival: Arrival;
  /** The team member who wrote it, if that is proven. */
  colleague: TeamMember | null;
  /** The team member whose address the mail bears without proof. */
  claimed: TeamMember | null;
  verification: Verification;
  /**
   * The sender of the mail that this one forwards, if its own sender bears a member's address or one of the desk's domain.
   * Never the desk or a member: they are no customers.
   */
  forwardedFrom: MailPerson | null;
};

type Parsed = Pick<Filing, "row" | "desk" | "mail" | "messageId" | "senderCheck">;

/** Reads the sender of a parsed mail. A member's address or the desk's own counts only if the sender's check passed. */
export async function sendingOf({ row, desk, mail, messageId, senderCheck }: Parsed): Promise<Sending> {
  const { head } = mail;
  const writer = writerOf(head, toAddress(row.envelopeFrom ?? ""), desk);
  const { address } = writer.person;
  const isDirect = writer.via === null;
  const isAlone = isDirect && head.authors === 1; // only then a check of From says something about the writer
  const isDesk = isDirect && desk.isOwn(address);
  const people = [writer.person, ...head.to, ...head.cc, ...(mail.forwardedFrom ? [mail.forwardedFrom] : [])];
  const colleagues = await findColleagues(people.map((person) => person.address));
  const named = (isDirect && !isDesk && colleagues.get(addressKey(address))) || null;
  const claimsTeam = isDesk || named !== null;
  const isProven = isAlone && senderCheck.result === "pass";
  const isForged = senderCheck.result === "fail";
  const isInside = (one: MailPerson) => colleagues.has(addressKey(one.address)) || desk.isOwn(one.address);
  const isOfTeam = claimsTeam || (isDirect && desk.isOfOwnDomain(address));
  const ofTeam = isProven ? "team" : "claims_team";
  return {
    arrival: {
      messageId,
      at: row.receivedAt,
      writer,
      to: head.to,
      cc: head.cc,
      list: head.list,
      origin: claimsTeam ? ofTeam : "outside",
      colleagues: new Set(colleagues.keys()),
      isForged,
      isDoubtful: isForged || !isAlone,
    },
    colleague: isProven ? named : null,
    claimed: isProven ? null : named,
    verification: verificationOf({ isProven, isForged, claimsTeam }),
    forwardedFrom:
      isOfTeam && mail.forwardedFrom && !isInside(mail.forwardedFrom) ? mail.forwardedFrom : null,
  };
}

type Proof = { isProven: boolean; isForged: boolean; claimsTeam: boolean };

function verificationOf({ isProven, isForged, claimsTeam }: Proof): Verification {
  if (isProven) return "verified";
  return isForged || claimsTeam ? "not_verified" : "unchecked";
}
