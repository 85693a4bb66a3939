import type { Socket } from "node:net";

/** The answer that a fault replaces; "second" is that to the second recipient, "body" is in the middle of DATA. */
export type FaultStage = "greeting" | "ehlo" | "auth" | "mail" | "rcpt" | "second" | "data" | "body" | "dot";

export type Fault = { at: FaultStage } & (
  | { do: "drop" } // closes the connection
  | { do: "reset" } // the same, by RST
  | { do: "hang" } // sends nothing more
  | { do: "answer"; line: string }
  | { do: "cut_off"; line: string } // a part of an answer, then closes the connection
  | { do: "accept_then_drop" } // at "dot": takes the mail, then closes without an answer
  | { do: "accept_then_reset" }
  | { do: "accept_then_hang" }
  | { do: "half_close"; line: string } // sends `line`, closes its side and reads on
  | { do: "stop_reading" } // the usual answer, then reads nothing more
  | { do: "hold"; line: string } // answers at `letGo`
  | { do: "drip"; everyMs: number } // the usual answer, one byte at a time
);

/** Answers held back, and the callback for the next one. */
export type Held = { waiting: (() => void)[]; noticed: () => void };

/** Faults after which the dialogue goes on. */
const GOES_ON = new Set<Fault["do"]>(["answer", "drip", "hold", "half_close"]);
/** Faults at "dot" of a server that takes the mail. */
const TAKES = new Set<Fault["do"]>([
  "accept_then_drop",
  "accept_then_reset",
  "accept_then_hang",
  "half_close",
  "stop_reading",
  "drip",
]);

/** True if the dialogue goes on after the fault. */
export function goesOn(fault: Fault): boolean {
  return GOES_ON.has(fault.do);
}

/** True if the server takes the mail with this fault at "dot". */
export function isMailTaken(fault: Fault): boolean {
  return TAKES.has(fault.do) || ("line" in fault && fault.line.startsWith("2"));
}

/** Carries the fault out at its stage. `usual` is the answer without a fault. */
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
