import "server-only";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { isPublicAddress } from "@/lib/network-address";
import { isAligned } from "./aligned-domains";
import { domainOf, plainDomain } from "./domain";
import type { MailHead } from "./parsed-mail";
import { checkInThread, type Sources } from "./sender-check-thread";
import type { Path } from "./sender-check-worker";
import {
  boundedLookups,
  DNS_LIMITS,
  DNS_WATCH,
  noteAnswers,
  resolveByDns,
  type DnsWatch,
  type Resolve,
} from "./sender-dns";
import { verdictOfTrustedServer, type Verdict } from "./trusted-verdict";

/**
 * Whether the mail is from whom it says: "pass" if the domain of its From address vouches for it, "fail" if that domain's
 * own rules say that it is forged, "none" if nobody can say. `domain` is that domain, null if From has no address.
 */
export type SenderCheck = { result: Verdict; domain: string | null };

export type CheckedMail = {
  head: Pick<MailHead, "from" | "signedBy" | "authenticationResults">;
  source: "http" | "smtp";
  peer?: { address: string; helo: string | null } | null | undefined;
  envelopeFrom: string | null;
  receivedAt: Date;
  /** Opens the mail as it arrived; called only if there is something to verify. */
  raw: Sources["raw"];
};

export type SenderCheckSettings = {
  /** Null if TRUSTED_AUTHSERV_IDS is not set. */
  trustedIds: readonly string[] | null;
  /** "" without a support address. */
  supportDomain: string;
  resolve: Resolve;
  watch: DnsWatch;
  limits: typeof DNS_LIMITS;
};

export function senderCheckSettings(): SenderCheckSettings {
  const { TRUSTED_AUTHSERV_IDS, SUPPORT_ADDRESS } = env();
  return {
    trustedIds: TRUSTED_AUTHSERV_IDS ?? null,
    supportDomain: domainOf(SUPPORT_ADDRESS ?? ""),
    resolve: resolveByDns,
    watch: DNS_WATCH,
    limits: DNS_LIMITS,
  };
}

/**
 * Checks a mail's sender: by the topmost Authentication-Results if a trusted server wrote it, else by the mail's own
 * signatures, the server that handed it over and the domain's DMARC policy. A mail with neither signature nor known
 * server asks the DNS nothing. Takes at most 3 s for the DNS, and 15 s in all; never throws. While the DNS does not
 * answer, nobody can say, and for 60 s no mail asks again.
 */
export async function checkSender(
  mail: CheckedMail,
  settings = senderCheckSettings(),
  now = Date.now(),
): Promise<SenderCheck> {
  const domain = domainOf(mail.head.from?.address ?? "");
  if (domain === "") return { result: "none", domain: null };
  const trustedIds = settings.trustedIds ?? (mail.source === "http" ? [settings.supportDomain] : []);
  const known = verdictOfTrustedServer(mail.head.authenticationResults[0], domain, trustedIds);
  if (known !== null && known !== "unchecked") return { result: known, domain };

  // The server that handed a mail over says nothing about its sender if it is the trusted one.
  const path = known === "unchecked" ? "unknown" : pathOf(mail, domain);
  const isSigned = mail.head.signedBy.some((signer) => isAligned(signer, domain));
  if ((!isSigned && path === "unknown") || settings.watch.awayUntil > now) return { result: "none", domain };
  return { result: await verify({ mail, domain, path, trustedIds }, settings, now), domain };
}

type Checking = { mail: CheckedMail; domain: string; path: Path; trustedIds: readonly string[] };

async function verify(
  { mail, domain, path, trustedIds }: Checking,
  { resolve, limits, watch }: SenderCheckSettings,
  now: number,
): Promise<Verdict> {
  const { lookup, seen } = boundedLookups(resolve, limits);
  try {
    const task = { domain, path, trustedIds, at: mail.receivedAt };
    return await checkInThread(task, { raw: mail.raw, resolve: lookup });
  } catch (error) {
    log.warn(
      { err: error instanceof Error ? error.name : "unknown" },
      "a mail's sender could not be checked",
    );
    return "none";
  } finally {
    noteAnswers(watch, seen(), now);
  }
}

function pathOf({ source, peer, envelopeFrom }: CheckedMail, domain: string): Path {
  if (source !== "smtp" || !peer || envelopeFrom === null || !isPublicAddress(peer.address)) return "unknown";
  const helo = plainDomain(peer.helo ?? "");
  const sender = envelopeFrom === "" ? helo : domainOf(envelopeFrom);
  return isAligned(sender, domain) ? { ip: peer.address, helo, sender: envelopeFrom } : "other";
}
