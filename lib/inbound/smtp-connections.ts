import "server-only";
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { SMTPServerOptions } from "smtp-server";
import { LenientSmtpServer } from "@/lib/mail/lenient-smtp-server";
import { networkOf } from "@/lib/network-address";

export type SmtpLimits = {
  /** Open connections at once, in all and from one address; an IPv6 address counts with its 64-bit network. */
  connectionsMax: number;
  connectionsPerAddressMax: number;
  /** How long a connection may take until it begins a mail, in milliseconds; again after each mail. */
  beginMs: number;
  /** How long from MAIL to DATA. */
  envelopeMs: number;
  /** How long the mail itself may take. */
  transferMs: number;
};

/** Mail servers keep an idle connection for 2 s or so (Postfix), and send 40 MB in a minute on a slow line. */
export const SMTP_LIMITS: SmtpLimits = {
  connectionsMax: 50,
  connectionsPerAddressMax: 10,
  beginMs: 15_000,
  envelopeMs: 60_000,
  transferMs: 300_000,
};

/** How long a connection that was told to go may take to go, in milliseconds. */
const LINGER_MS = 1_000;

type Step = "beginMs" | "envelopeMs" | "transferMs";
type Connection = {
  socket: Socket;
  network: string;
  waitsFor: Step | null;
  timer: NodeJS.Timeout | undefined;
};

/** A mail server that bounds how many connections there are, from whom, and how long each may take. */
export class BoundedSmtpServer extends LenientSmtpServer {
  private readonly open = new Map<string, Connection>();

  constructor(
    options: SMTPServerOptions,
    private readonly limits: SmtpLimits,
  ) {
    super(options);
  }

  override connect(socket: Socket, options: Parameters<LenientSmtpServer["connect"]>[1]): void {
    const network = networkOf(socket.remoteAddress ?? "unknown");
    const ofNetwork = [...this.open.values()].filter((connection) => connection.network === network).length;
    if (this.open.size >= this.limits.connectionsMax || ofNetwork >= this.limits.connectionsPerAddressMax) {
      socket.on("error", () => {}); // it is let go anyway
      return endWith(socket, "421 Try again later: too many connections");
    }
    const id = randomUUID();
    this.open.set(id, { socket, network, waitsFor: null, timer: undefined });
    socket.once("close", () => {
      clearTimeout(this.open.get(id)?.timer);
      this.open.delete(id);
    });
    this.expect("beginMs", { id });
    super.connect(socket, { ...options, id });
  }

  /**
   * Gives a connection this long for its next step, or with null as long as we need ourselves. A step that it already
   * has to take gets no more time, so that repeated commands gain none.
   */
  expect(step: Step | null, { id }: { id: string }): void {
    const connection = this.open.get(id);
    if (!connection || connection.waitsFor === step) return;
    clearTimeout(connection.timer);
    connection.waitsFor = step;
    if (!step) return;
    const { socket } = connection;
    connection.timer = setTimeout(
      () => endWith(socket, "421 Try again later: that took too long"),
      this.limits[step],
    );
  }
}

function endWith(socket: Socket, line: string): void {
  socket.end(`${line}\r\n`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
