// Verifies mails in a worker thread, under limits of time and memory. Node loads this file directly and strips its types:
// erasable syntax and full file names only.
import { Readable } from "node:stream";
import type { MessagePort } from "node:worker_threads";
import type { ARCData, DKIMResult, DMARCResult, DNSResolver } from "mailauth";
import { arc } from "mailauth/lib/arc/index.js";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { evaluateDmarc } from "mailauth/lib/dmarc/index.js";
import { spf } from "mailauth/lib/spf/index.js";
import { callerOf, type Caller } from "./caller-port.ts";
import { domainOf, isAtOrBelow } from "./domain.ts";
import { MailTooOddError, readInTwo, withCrlf, type MailInTwo } from "./mail-in-two.ts";
import { withTellingSignatures } from "./signed-fields.ts";

/**
 * The server that handed a mail over and the sender it named; "other" if that sender's domain has another owner than
 * From's, so that SPF cannot speak for the mail; "unknown" if nobody knows the server.
 */
export type Path = { ip: string; helo: string; sender: string } | "other" | "unknown";

export type CheckTask = {
  /** Asks the caller for the mail's pieces and for DNS records. */
  port: MessagePort;
  /** Of the From address that people see. */
  domain: string;
  path: Path;
  /** Servers whose ARC seal counts. */
  trustedIds: readonly string[];
  /** When the mail came; a signature may have expired since. */
  at: Date;
};

type Checking = CheckTask & { caller: Caller; mail: MailInTwo };

/** Whether the domain vouches for the mail ("pass"), calls it forged ("fail"), or nobody can say ("none"). */
export async function check(task: CheckTask): Promise<"pass" | "fail" | "none"> {
  const caller = callerOf(task.port);
  try {
    return await verify({ ...task, caller, mail: await readInTwo(caller.pieces()) });
  } catch (error) {
    if (error instanceof MailTooOddError) return "none";
    throw error;
  } finally {
    task.port.close();
  }
}

async function verify(task: Checking): Promise<"pass" | "fail" | "none"> {
  const { domain, path, caller } = task;
  const dkim = await verifySignatures(task);
  // Only one author, and the one whom people see.
  if (dkim.fromFields !== 1 || dkim.authors.length === 0) return "none";
  if (dkim.authors.some((author) => domainOf(author) !== domain)) return "none";

  const good = dkim.signatures.filter(
    (signature) => isWhole(signature) && signature.status.result === "pass",
  );
  const signers = good.map(({ signingDomain = "" }) => signingDomain);
  if (signers.some((signer) => domainOf(signer) === domain)) return "pass";
  const way = typeof path === "string" ? path : await checkPath(path, caller.resolve);
  const senders = typeof path !== "string" && way === "pass" ? [domainOf(path.sender) || path.helo] : [];
  const dmarc = await askDmarc(dkim, { signers, senders }, caller.resolve);
  if (dmarc === null || dmarc.status.result === "pass") return dmarc ? "pass" : "none";
  if (dmarc.status.result !== "fail") return signers.length > 0 ? "pass" : "none";
  if (!canCondemn(dkim.signatures, way, dmarc)) return "none";
  return (await isExcused(task, dkim.arc)) ? "none" : "fail";
}

type Signatures = {
  signatures: DKIMResult[];
  authors: string[];
  fromFields: number;
  /** Null without a chain whose newest set is by a trusted server. */
  arc: ARCData | null;
};

/** Reads the body only if there is a signature of it. */
async function verifySignatures({ mail, caller, at, domain, trustedIds }: Checking): Promise<Signatures> {
  const { head, signatures, hasArc } = withTellingSignatures(mail.head, domain, trustedIds);
  const start = Buffer.from(`${head}\r\n`, "latin1");
  const isSigned = signatures > 0 || hasArc;
  const whole = Readable.from(isSigned ? joined(start, withCrlf(mail.body)) : [start]);
  const found = await dkimVerify(whole, { resolver: caller.resolve, curTime: at, rejectRsaSha1: true });
  return {
    signatures: found.results.filter(({ signingDomain }) => signingDomain !== undefined),
    authors: [found.headerFrom ?? []].flat().filter((author): author is string => typeof author === "string"),
    fromFields: found.fromFields ?? 0,
    // A chain that could not be read has the error instead, which `arc` then reports.
    arc: hasArc && found.arc ? (found.arc as ARCData) : null,
  };
}

async function* joined(start: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield start;
  yield* rest;
}

/** True if the signature covers the whole body: anybody may add to one that is covered in part. */
function isWhole({ status }: DKIMResult): boolean {
  return !status.underSized;
}

type Way = "pass" | "not_pass" | "unclear" | "other" | "unknown";

async function checkPath(path: Exclude<Path, string>, resolver: DNSResolver): Promise<Way> {
  const { status } = await spf({ ...path, resolver, mta: "unknown" });
  if (status.result === "pass") return "pass";
  return status.result === "temperror" ? "unclear" : "not_pass";
}

async function askDmarc(
  { authors, fromFields }: Signatures,
  { signers, senders }: { signers: string[]; senders: string[] },
  resolver: DNSResolver,
): Promise<DMARCResult | null> {
  const { response } = await evaluateDmarc({
    headerFrom: authors,
    fromFields,
    spfDomains: senders,
    dkimDomains: signers.map((signer) => ({ domain: signer })),
    resolver,
  });
  return response || null;
}

/** True if a failed DMARC check means something: nothing was left open that could have made it pass. */
function canCondemn(signatures: DKIMResult[], way: Way, { policy }: DMARCResult): boolean {
  if (way === "unclear" || signatures.some(({ status }) => status.result === "temperror")) return false;
  if (way !== "unknown") return true;
  return policy !== "none" && signatures.some(isBroken);
}

/** True if the mail does not fit its signature; false if the key is gone, which happens to genuine old mail as well. */
function isBroken({ status, bodyHash, bodyHashExpecting, publicKey }: DKIMResult): boolean {
  return status.result !== "pass" && (bodyHash !== bodyHashExpecting || publicKey !== undefined);
}

/** True if a trusted server passed the mail on and sealed that, or if its key could not be asked for. */
async function isExcused({ caller, trustedIds }: Checking, chain: ARCData | null): Promise<boolean> {
  if (!chain) return false;
  const { status } = await arc(chain, { resolver: caller.resolve });
  if (status.result === "pass") return true;
  return caller.unanswered().some((name) => trustedIds.some((id) => isAtOrBelow(name, id)));
}
