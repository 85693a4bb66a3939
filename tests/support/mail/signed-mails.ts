import { generateKeyPairSync } from "node:crypto";
import { dkimSign, sealMessage } from "mailauth";
import type { CheckedMail } from "@/lib/mail/sender-check";
import { readHead } from "@/lib/mail/read-head";
import { simpleParser } from "mailparser";

/** One key for all signers of a test run: making one is slow. */
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const KEY_RECORD = `v=DKIM1; k=rsa; p=${publicKey.export({ type: "spki", format: "der" }).toString("base64")}`;

/** The DNS records with which signatures and seals of these domains can be verified. */
export function keysOf(...domains: string[]): Record<string, string> {
  return Object.fromEntries(domains.map((domain) => [`s1._domainkey.${domain}`, KEY_RECORD]));
}

export function mailOf(from: string, body = "Hello, my printer is on fire.\r\n"): string {
  const head = [
    `From: ${from}`,
    "To: support@desk.example",
    "Subject: Help",
    "Date: Mon, 2 Nov 2026 10:00:00 +0000",
  ];
  return [...head, "Message-ID: <one@sender.example>", "", body].join("\r\n");
}

type Signing = { signTime?: Date; expires?: Date; maxBodyLength?: number };

/** The mail with a DKIM signature of `domain` on top. */
export async function signed(raw: string, domain: string, options: Signing = {}): Promise<string> {
  const signer = { signingDomain: domain, selector: "s1", privateKey: PEM };
  // Its types ask for the signer outside of the list that it reads.
  const all = {
    canonicalization: "relaxed/relaxed",
    ...options,
    ...signer,
    signatureData: [{ ...signer, ...options }],
  };
  const { signatures } = await dkimSign(raw, all);
  return signatures + raw;
}

/** The mail as a server of `domain` passes it on: with an ARC set on top that says what it found out. */
export async function sealed(raw: string, domain: string, results: string): Promise<string> {
  const seal = { signingDomain: domain, selector: "s1", privateKey: PEM, cv: "none", authResults: results };
  return (await sealMessage(Buffer.from(raw), seal)).toString() + raw;
}

/** A mail as ingest gives it to the check; by default posted, without envelope. */
export async function checked(
  raw: string | Buffer,
  changed: Partial<CheckedMail> = {},
): Promise<CheckedMail> {
  const bytes = Buffer.from(raw);
  const headOnly = bytes.subarray(0, Math.max(0, bytes.indexOf("\r\n\r\n")) + 4);
  const { headers, headerLines } = await simpleParser(headOnly);
  return {
    head: readHead(headers, headerLines),
    source: "http",
    peer: null,
    envelopeFrom: null,
    receivedAt: new Date(),
    raw: async () =>
      (async function* () {
        yield bytes;
      })(),
    ...changed,
  };
}

/** How a mail comes by SMTP from a server on the internet. */
export function bySmtp(envelopeFrom: string, address = "203.0.113.9"): Partial<CheckedMail> {
  return { source: "smtp", envelopeFrom, peer: { address, helo: "mx.sender.example" } };
}
