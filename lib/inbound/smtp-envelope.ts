import "server-only";
import type { SMTPServerAddress, SMTPServerSession } from "smtp-server";
import type { MailEnvelope } from "./ledger";

/** Longest name of a server that is kept: longer ones are no host names. */
const HELO_MAX = 255;

/** The size that the sender announced, 0 if none. */
export function announcedIn({ args }: SMTPServerAddress): number {
  return Number((args && args.SIZE) || 0);
}

/** Sender, recipients and client of an SMTP session. */
export function envelopeOf(session: SMTPServerSession): MailEnvelope {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom ? mailFrom.address : null,
    to: rcptTo.map((recipient) => recipient.address),
    peer: peerOf(session),
  };
}

export function peerOf({
  remoteAddress,
  hostNameAppearsAs,
}: SMTPServerSession): NonNullable<MailEnvelope["peer"]> {
  return { address: remoteAddress, helo: hostNameAppearsAs ? hostNameAppearsAs.slice(0, HELO_MAX) : null };
}
