import { createServer, type Server, type Socket } from "node:net";
import { goesOn, isMailTaken, strike, type Fault, type FaultStage, type Held } from "./smtp-fault";

export type { Fault, FaultStage } from "./smtp-fault";

export type FaultySmtp = {
  port: number;
  url: string;
  /** Sets the faults of the next connections, one each. Later connections meet none. */
  behave: (...faults: Fault[]) => void;
  /** Every raw mail that the server took. */
  mails: { rcptTo: string[]; mailFrom: string; raw: string }[];
  /** Number of mails taken with that Message-ID. */
  accepted: (messageId: string) => number;
  connections: () => number;
  /** The verb of every command so far. */
  verbs: string[];
  /** Every MAIL and RCPT so far, as text. */
  envelopes: string[];
  /** Resolves once the next answer is held. */
  held: () => Promise<void>;
  /** Sends the held answers. */
  letGo: () => void;
  /** Closes the port and every connection; `start` opens the same port again. */
  stop: () => Promise<void>;
  start: () => Promise<void>;
};

const ANSWERS: Record<FaultStage, string> = {
  greeting: "220 faulty.test ESMTP",
  ehlo: "250-faulty.test\r\n250-AUTH PLAIN\r\n250 8BITMIME",
  auth: "235 2.7.0 Accepted",
  mail: "250 2.1.0 Sender fine",
  rcpt: "250 2.1.5 Recipient fine",
  second: "250 2.1.5 Recipient fine too",
  data: "354 Go ahead",
  body: "",
  dot: "250 2.0.0 Taken",
};

/** A real SMTP server on loopback that breaks off, refuses or stalls as told, and keeps the mails it took. */
export async function startFaultySmtp({ pipelining = false, utf8 = false } = {}): Promise<FaultySmtp> {
  const faults: Fault[] = [];
  const mails: FaultySmtp["mails"] = [];
  const verbs: string[] = [];
  const envelopes: string[] = [];
  const ehlo = [ANSWERS.ehlo.replace("8BITMIME", pipelining ? "PIPELINING" : "8BITMIME")]
    .map((answer) => (utf8 ? answer.replace("250 ", "250-SMTPUTF8\r\n250 ") : answer))
    .join("");
  const sockets = new Set<Socket>();
  const held: Held = { waiting: [], noticed: () => {} };
  let connections = 0;
  let server: Server;
  let port = 0;

  const start = () =>
    new Promise<void>((resolve, reject) => {
      server = createServer({ allowHalfOpen: true }, (socket) => {
        connections += 1;
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket)).on("error", () => {});
        socket.on("end", () => socket.end());
        converse(socket, faults.shift() ?? null, ehlo, { mails, verbs, envelopes, held });
      });
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        const address = server.address();
        if (typeof address === "object" && address) port = address.port;
        resolve();
      });
    });

  await start();
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    behave: (...next) => void faults.splice(0, faults.length, ...next),
    mails,
    accepted: (messageId) =>
      mails.filter(({ raw }) => raw.toLowerCase().includes(`message-id: ${messageId.toLowerCase()}`)).length,
    connections: () => connections,
    verbs,
    envelopes,
    held: () => new Promise((resolve) => void (held.noticed = resolve)),
    letGo: () => held.waiting.splice(0).forEach((answer) => answer()),
    start,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function converse(
  socket: Socket,
  fault: Fault | null,
  ehlo: string,
  { mails, verbs, envelopes, held }: Pick<FaultySmtp, "mails" | "verbs" | "envelopes"> & { held: Held },
): void {
  let unread = "";
  let isInBody = false;
  let isSilent = false;
  let mailFrom = "";
  let rcptTo: string[] = [];
  let recipients = 0;

  const answer = (stage: FaultStage) => {
    const usual = stage === "ehlo" ? ehlo : ANSWERS[stage];
    if (fault?.at !== stage) return void socket.write(`${usual}\r\n`);
    isSilent = !goesOn(fault);
    strike(socket, fault, usual, held);
  };

  const readBody = () => {
    if (fault?.at === "body" && unread.length > 0) return answer("body");
    const end = unread.startsWith(".\r\n") ? 0 : unread.indexOf("\r\n.\r\n");
    if (end === -1) return;
    const raw = unread.slice(0, end);
    unread = unread.slice(end + (end === 0 ? 3 : 5));
    isInBody = false;
    if (fault?.at !== "dot" || isMailTaken(fault)) mails.push({ rcptTo, mailFrom, raw });
    answer("dot");
  };

  const readLine = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    verbs.push(verb);
    if (verb === "EHLO" || verb === "HELO") return answer("ehlo");
    if (verb === "AUTH") return answer("auth");
    if (verb === "MAIL") {
      envelopes.push(asText(line));
      mailFrom = asText(between(line));
      rcptTo = [];
      recipients = 0;
      return answer("mail");
    }
    if (verb === "RCPT") {
      envelopes.push(asText(line));
      recipients += 1;
      const stage = recipients === 2 ? "second" : "rcpt";
      const isRefused = fault?.at === stage && "line" in fault && !fault.line.startsWith("2");
      if (!isRefused) rcptTo.push(asText(between(line)));
      return answer(stage);
    }
    if (verb === "DATA") {
      isInBody =
        fault?.at !== "data" || fault.do === "drip" || ("line" in fault && fault.line.startsWith("354"));
      return answer("data");
    }
    socket.write(verb === "QUIT" ? "221 Bye\r\n" : "502 Not here\r\n");
    if (verb === "QUIT") socket.end();
  };

  socket.on("data", (chunk) => {
    unread += chunk.toString("latin1");
    while (!isSilent) {
      if (isInBody) {
        const before = unread.length;
        readBody();
        if (isInBody || unread.length === before) return;
        continue;
      }
      const end = unread.indexOf("\r\n");
      if (end === -1) return;
      const line = unread.slice(0, end);
      unread = unread.slice(end + 2);
      readLine(line);
    }
  });
  answer("greeting");
}

function between(line: string): string {
  return line.slice(line.indexOf("<") + 1, line.lastIndexOf(">"));
}

function asText(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString();
}
