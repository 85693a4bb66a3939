// Also loaded by the demo's mail catcher: no path alias and no "server-only".
import type { Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

type Connection = SMTPServer["connections"] extends Set<infer One> ? One : never;

/** MAIL or RCPT with a quoted local part, in which blanks and "@" are part of the address. */
const QUOTED_PATH = /^([^<>]*<)("(?:[^"\\\p{Cc}]|\\[^\p{Cc}])+")(@[^\s<>]+>.*)$/su;
const PLAIN = "quoted";

/**
 * A mail server that takes every address in use: with dots that RFC 5321 forbids, with "_" in the host, and with a quoted
 * local part, which the package reads only up to its first blank.
 */
export class LenientSmtpServer extends SMTPServer {
  constructor(options: SMTPServerOptions) {
    super({ ...options, lenientAddressParsing: true });
  }

  override connect(socket: Socket, options: Parameters<SMTPServer["connect"]>[1]): void {
    super.connect(socket, options);
    const connection = [...this.connections].at(-1);
    if (connection) readQuotedPaths(connection);
  }
}

/** Hides a quoted local part from the package's parser, and puts it back afterwards. */
function readQuotedPaths(connection: Connection): void {
  const parse = connection._parseAddressCommand.bind(connection);
  connection._parseAddressCommand = (name, command) => {
    const [, before, local, after] = QUOTED_PATH.exec(command.toString()) ?? [];
    if (local === undefined) return parse(name, command);
    const parsed = parse(name, `${before}${PLAIN}${after}`);
    return parsed && { ...parsed, address: `${local}${parsed.address.slice(PLAIN.length)}` };
  };
}
