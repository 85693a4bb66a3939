import { createServer, type Socket } from "node:net";

/**
 * A mail server on loopback that takes every mail and keeps none, and answers `answerAfterMs` after the mail, as one that
 * writes to a disk first. Reads no more than it must, so that it costs little beside the desk. Returns its address.
 */
export function startSmtpSink(answerAfterMs: number): Promise<string> {
  const server = createServer((socket) => serve(socket, answerAfterMs));
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`smtp://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`);
    });
  });
}

function serve(socket: Socket, answerAfterMs: number): void {
  const say = (line: string) => void (socket.writable && socket.write(`${line}\r\n`));
  let text = "";
  let isMail = false;
  socket.setEncoding("latin1").on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    text += String(chunk);
    for (;;) {
      const end = isMail ? "\r\n.\r\n" : "\r\n";
      const at = text.indexOf(end);
      if (at < 0) return;
      const line = text.slice(0, at).toUpperCase();
      text = text.slice(at + end.length);
      if (isMail) {
        isMail = false;
        setTimeout(say, answerAfterMs, "250 OK");
      } else if (line === "DATA") {
        isMail = true;
        say("354 Go on");
      } else {
        say(line === "QUIT" ? "221 Bye" : "250 OK");
      }
    }
  });
  say("220 sink");
}
