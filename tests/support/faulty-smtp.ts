import { createServer, type Server, type Socket } from "node:net";

/** Where in the dialogue a fault strikes: instead of the server's usual answer there, "body" in the middle of DATA. */
export type FaultStage = "greeting" | "ehlo" | "auth" | "mail" | "rcpt" | "data" | "body" | "dot";

export type Fault = { at: FaultStage } & (
  | { do: "drop" } // closes the connection
  | { do: "reset" } // the same, by RST
  | { do: "hang" } // says nothing more
  | { do: "answer"; line: string }
  | { do: "accept_then_drop" } // at "dot": takes the mail, then closes without a word
  | { do: "drip"; everyMs: number } // the usual answer, one byte at a time
);

export type FaultySmtp = {
  port: number;
  url: string;
  /** The next connections meet these faults, one each; after them the server behaves. */
  behave: (...faults: Fault[]) => void;
  /** Every mail taken, as it came over the wire. */
  mails: { rcptTo: string[]; mailFrom: string; raw: string }[];
  /** How often a mail with that Message-ID was taken. */
  accepted: (messageId: string) => number;
  connections: () => number;
  /** Verbs of every command heard. */
  verbs: string[];
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
  data: "354 Go ahead",
  body: "",
  dot: "250 2.0.0 Taken",
};

/** A real SMTP server on loopback that breaks off, refuses or stalls where it is told to, and counts what it took. */
export async function startFaultySmtp({ pipelining = false } = {}): Promise<FaultySmtp> {
  const faults: Fault[] = [];
  const mails: FaultySmtp["mails"] = [];
  const verbs: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let server: Server;
  let port = 0;

  const start = () =>
    new Promise<void>((resolve, reject) => {
      server = createServer((socket) => {
        connections += 1;
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket)).on("error", () => {});
        converse(socket, faults.shift() ?? null, pipelining, { mails, verbs });
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
  pipelining: boolean,
  { mails, verbs }: Pick<FaultySmtp, "mails" | "verbs">,
): void {
  let unread = "";
  let isInBody = false;
  let isSilent = false;
  let mailFrom = "";
  let rcptTo: string[] = [];

  const answer = (stage: FaultStage) => {
    const usual =
      pipelining && stage === "ehlo" ? ANSWERS.ehlo.replace("8BITMIME", "PIPELINING") : ANSWERS[stage];
    if (fault?.at !== stage) return void socket.write(`${usual}\r\n`);
    isSilent = fault.do !== "answer" && fault.do !== "drip";
    if (fault.do === "answer") socket.write(`${fault.line}\r\n`);
    if (fault.do === "drop" || fault.do === "accept_then_drop") socket.end();
    if (fault.do === "reset") socket.resetAndDestroy();
    if (fault.do === "drip") drip(socket, `${usual}\r\n`, fault.everyMs);
  };

  const readBody = () => {
    if (fault?.at === "body" && unread.length > 0) return answer("body");
    const end = unread.startsWith(".\r\n") ? 0 : unread.indexOf("\r\n.\r\n");
    if (end === -1) return;
    const raw = unread.slice(0, end);
    unread = unread.slice(end + (end === 0 ? 3 : 5));
    isInBody = false;
    const isTaken = fault?.at !== "dot" || fault.do === "accept_then_drop" || fault.do === "drip";
    if (isTaken) mails.push({ rcptTo, mailFrom, raw });
    answer("dot");
  };

  const readLine = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    verbs.push(verb);
    if (verb === "EHLO" || verb === "HELO") return answer("ehlo");
    if (verb === "AUTH") return answer("auth");
    if (verb === "MAIL") {
      mailFrom = between(line);
      rcptTo = [];
      return answer("mail");
    }
    if (verb === "RCPT") {
      rcptTo.push(between(line));
      return answer("rcpt");
    }
    if (verb === "DATA") {
      isInBody = fault?.at !== "data" || fault.do === "drip";
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

function drip(socket: Socket, text: string, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || sent === text.length) return clearInterval(timer);
    socket.write(text.charAt(sent));
    sent += 1;
  }, everyMs);
}
