import type { Socket } from "node:net";

/** Where in the dialogue a fault strikes: instead of the server's usual answer there, "body" in the middle of DATA. */
export type FaultStage = "greeting" | "ehlo" | "auth" | "mail" | "rcpt" | "data" | "body" | "dot";

export type Fault = { at: FaultStage } & (
  | { do: "drop" } // closes the connection
  | { do: "reset" } // the same, by RST
  | { do: "hang" } // says nothing more
  | { do: "answer"; line: string }
  | { do: "cut_off"; line: string } // a part of an answer, then closes the connection
  | { do: "accept_then_drop" } // at "dot": takes the mail, then closes without a word
  | { do: "accept_then_reset" }
  | { do: "accept_then_hang" }
  | { do: "half_close"; line: string } // ends its own side after `line`, and goes on reading
  | { do: "stop_reading" } // the usual answer, and then takes nothing more off the wire
  | { do: "hold"; line: string } // answers once told to, by `letGo`
  | { do: "drip"; everyMs: number } // the usual answer, one byte at a time
);

/** Answers kept back, and who wants to know of the next one. */
export type Held = { waiting: (() => void)[]; noticed: () => void };

/** What does not end the dialogue by itself. */
const GOES_ON = new Set<Fault["do"]>(["answer", "drip", "hold", "half_close"]);
/** What, at "dot", leaves the mail with the server. */
const TAKES = new Set<Fault["do"]>([
  "accept_then_drop",
  "accept_then_reset",
  "accept_then_hang",
  "half_close",
  "stop_reading",
  "drip",
]);

/** Whether the dialogue goes on after the fault. */
export function goesOn(fault: Fault): boolean {
  return GOES_ON.has(fault.do);
}

/** Whether a fault at "dot" leaves the mail with the server. */
export function isMailTaken(fault: Fault): boolean {
  return TAKES.has(fault.do) || ("line" in fault && fault.line.startsWith("2"));
}

/** Does at its stage what the fault says; `usual` is what the server would have answered. */
export function strike(socket: Socket, fault: Fault, usual: string, held: Held): void {
  switch (fault.do) {
    case "answer":
      return void socket.write(`${fault.line}\r\n`);
    case "cut_off":
      return void socket.end(fault.line);
    case "half_close":
      return void socket.end(fault.line && `${fault.line}\r\n`);
    case "drop":
    case "accept_then_drop":
      return void socket.end();
    case "reset":
    case "accept_then_reset":
      return void socket.resetAndDestroy();
    case "hang":
    case "accept_then_hang":
      return;
    case "stop_reading":
      socket.write(`${usual}\r\n`);
      return void socket.pause();
    case "hold":
      held.waiting.push(() => socket.destroyed || socket.write(`${fault.line}\r\n`));
      return held.noticed();
    case "drip":
      return drip(socket, `${usual}\r\n`, fault.everyMs);
  }
}

function drip(socket: Socket, text: string, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || sent === text.length) return clearInterval(timer);
    socket.write(text.charAt(sent));
    sent += 1;
  }, everyMs);
}
