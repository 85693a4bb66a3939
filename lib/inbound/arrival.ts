import "server-only";
import type { TeamMember, Verification } from "@/lib/api/vocabulary";
import { colleaguesAmong, findColleague } from "@/lib/conversation/colleague";
import type { Arrival } from "@/lib/conversation/joining";
import { writerOf } from "@/lib/conversation/writer";
import { toAddress } from "@/lib/mail/address";
import type { Filing } from "./filing";

/** Who wrote a mail, what that proves, and whom it is addressed to. */
export type Sending = {
  arrival: Arrival;
  /** The team member who wrote it, if that is proven. */
  colleague: TeamMember | null;
  /** The team member whose address the mail bears without proof. */
  claimed: TeamMember | null;
  verification: Verification;
  /** The sender bears a member's address, or one of the desk's domain: a forward of theirs may name the customer. */
  mayForward: boolean;
};

type Parsed = Pick<Filing, "row" | "desk" | "mail" | "messageId" | "senderCheck">;

/** Reads the sender of a parsed mail. A member's address or the desk's own counts only if the sender's check passed. */
export async function sendingOf({ row, desk, mail, messageId, senderCheck }: Parsed): Promise<Sending> {
  const { head } = mail;
  const writer = writerOf(head, toAddress(row.envelopeFrom ?? ""), desk);
  const { address } = writer.person;
  const isDirect = writer.via === null;
  const isDesk = isDirect && desk.isOwn(address);
  const named = isDirect && !isDesk ? await findColleague(address) : null;
  const claimsTeam = isDesk || named !== null;
  const isProven = senderCheck.result === "pass";
  const isForged = senderCheck.result === "fail";
  const addressed = [...head.to, ...head.cc].map((person) => person.address);
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
      colleagues: claimsTeam && isProven ? await colleaguesAmong(addressed) : new Set(),
      isForged,
      isDoubtful: isForged || !isDirect || head.authors !== 1,
    },
    colleague: isProven ? named : null,
    claimed: isProven ? null : named,
    verification: verificationOf({ isProven: isProven && isDirect, isForged, claimsTeam }),
    mayForward: claimsTeam || (isDirect && desk.isOfOwnDomain(address)),
  };
}

type Proof = { isProven: boolean; isForged: boolean; claimsTeam: boolean };

function verificationOf({ isProven, isForged, claimsTeam }: Proof): Verification {
  if (isProven) return "verified";
  return isForged || claimsTeam ? "not_verified" : "unchecked";
}
