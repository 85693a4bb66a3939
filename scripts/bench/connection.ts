import { connect, type Socket } from "node:net";

/** What one answer was: its status, and its size with head and framing, in bytes. */
export type Answer = { status: number; bytes: number };

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/**
 * One kept HTTP/1.1 connection that carries one request at a time. It does no more than find where an answer ends, so
 * that the load costs little beside the server that it measures.
 */
export class Connection {
  private readonly socket: Socket;
  private parts: Buffer[] = [];
  private isStream = false;
  private waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.take(chunk));
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error("The server closed the connection.")));
  }

  static open(origin: string): Promise<Connection> {
    const { hostname, port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.once("connect", () => resolve(new Connection(socket)));
      socket.once("error", reject);
    });
  }

  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(request, "latin1");
    });
  }

  /** Sends a request whose answer never ends, and returns its status; what follows is read and dropped. */
  stream(request: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve: ({ status }) => resolve(status), reject };
      this.isStream = true;
      this.socket.write(request, "latin1");
    });
  }

  close(): void {
    this.waiting = null;
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    if (this.isStream && !this.waiting) return;
    this.parts.push(chunk);
    const all = this.parts.length === 1 ? chunk : Buffer.concat(this.parts);
    this.parts = [all];
    const headEnd = all.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = all.toString("latin1", 0, headEnd).toLowerCase();
    const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
    const bodyStart = headEnd + HEAD_END.length;
    const isWhole =
      length === undefined
        ? all.length >= bodyStart + LAST_CHUNK.length && all.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
        : all.length >= bodyStart + Number(length);
    if (!isWhole && !this.isStream) return;
    this.parts = [];
    const { waiting } = this;
    this.waiting = null;
    waiting?.resolve({ status: Number(head.slice(9, 12)), bytes: all.length });
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = null;
  }
}
