import { Socket } from "node:net";
import mongoose from "mongoose";

/** Where a command is cut off by the error of its socket. */
export const CUTS = ["unwritten", "half written", "written", "answer lost", "answer half read"] as const;
export type Cut = (typeof CUTS)[number];

type Fault = { command: string; collection?: string; at: Cut; error: () => Error; times?: number };

/** An error as Node reports it for a socket. */
export function systemError(code: string, syscall: string | null = "write"): Error {
  const details = syscall === null ? { code } : { code, syscall, errno: -1 };
  return Object.assign(new Error(`${syscall ?? "socket"} ${code}`), details);
}

/**
 * Cuts the driver's commands off on their real sockets to the real server until `stop` is called, or until each fault
 * has struck `times` (once by default). `struck` counts the cuts.
 */
export function cutCommands(...faults: Fault[]): { stop: () => void; struck: () => number } {
  const port = mongoose.connection.port;
  const left = new Map(faults.map((fault) => [fault, fault.times ?? 1]));
  const write = Reflect.get(Socket.prototype, "write") as Socket["write"]; // inherited from Writable
  let struck = 0;

  const dueFault = (socket: Socket, chunk: unknown): Fault | undefined => {
    if (socket.remotePort !== port || !Buffer.isBuffer(chunk)) return undefined;
    return faults.find(
      (fault) => (left.get(fault) ?? 0) > 0 && names(chunk, fault.command, fault.collection),
    );
  };

  Socket.prototype.write = function (this: Socket, chunk: unknown, ...rest: unknown[]): boolean {
    const whole = () => Reflect.apply(write, this, [chunk, ...rest]) as boolean;
    const fault = dueFault(this, chunk);
    if (!fault) return whole();
    left.set(fault, (left.get(fault) ?? 0) - 1);
    struck += 1;
    return cut(this, fault, chunk as Buffer, write);
  } as Socket["write"];
  return {
    stop: () => void Reflect.deleteProperty(Socket.prototype, "write"),
    struck: () => struck,
  };
}

/** Notes these commands as they are sent, with the collection and the socket's time-out, until `stop` is called. */
export function watchCommands(...commands: string[]) {
  const sent: { command: string; collection: string; timeoutMs: number }[] = [];
  const write = Reflect.get(Socket.prototype, "write") as Socket["write"]; // inherited from Writable
  Socket.prototype.write = function (this: Socket, chunk: unknown, ...rest: unknown[]): boolean {
    const command = Buffer.isBuffer(chunk) && commands.find((name) => names(chunk, name));
    if (command) {
      const at = chunk.indexOf(`${command}\0`) + command.length + 1; // where the value is: its length, then its text
      const collection = chunk.toString("utf8", at + 4, at + 3 + chunk.readInt32LE(at));
      sent.push({ command, collection, timeoutMs: this.timeout ?? 0 });
    }
    return Reflect.apply(write, this, [chunk, ...rest]) as boolean;
  } as Socket["write"];
  return { sent, stop: () => void Reflect.deleteProperty(Socket.prototype, "write") };
}

/** Keeps these commands back on their sockets, as if the network had stopped, until `release` is called. */
export function holdCommands(command: string): { held: () => number; release: () => void } {
  const write = Reflect.get(Socket.prototype, "write") as Socket["write"]; // inherited from Writable
  const held: (() => void)[] = [];
  Socket.prototype.write = function (this: Socket, chunk: unknown, ...rest: unknown[]): boolean {
    const send = () => Reflect.apply(write, this, [chunk, ...rest]) as boolean;
    if (!Buffer.isBuffer(chunk) || !names(chunk, command)) return send();
    held.push(send);
    return true;
  } as Socket["write"];
  return {
    held: () => held.length,
    release: () => {
      Reflect.deleteProperty(Socket.prototype, "write");
      for (const send of held.splice(0)) send();
    },
  };
}

/** Whether the bytes are this command, which is the first field of its document, on that collection. */
function names(chunk: Buffer, command: string, collection?: string): boolean {
  const at = chunk.indexOf(`${command}\0`);
  return at >= 0 && at < 40 && (collection === undefined || chunk.includes(`${collection}\0`));
}

function cut(socket: Socket, { at, error }: Fault, chunk: Buffer, write: Socket["write"]): boolean {
  const send = (bytes: Buffer, then?: () => void) => Reflect.apply(write, socket, [bytes, then]) as boolean;
  const push = socket.push.bind(socket);
  switch (at) {
    case "unwritten":
      socket.destroy(error());
      return false;
    case "half written":
      return (send(chunk.subarray(0, chunk.length / 2), () => socket.destroy(error())), false);
    case "written":
      return send(chunk, () => socket.destroy(error()));
    case "answer lost":
      socket.push = () => (socket.destroy(error()), false);
      return send(chunk);
    case "answer half read":
      socket.push = (answer: Buffer) => {
        push(answer.subarray(0, answer.length / 2));
        socket.destroy(error());
        return false;
      };
      return send(chunk);
  }
}
