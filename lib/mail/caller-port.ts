// Loaded by the sender check's thread as plain Node: no path alias and no "server-only".
import type { MessagePort } from "node:worker_threads";
import type { DNSResolver } from "mailauth";

/** A request of a thread to its caller. */
export type Question = { id: number } & ({ ask: "piece" } | { ask: "records"; name: string; type: string });
/** The next piece of the mail, null at its end; or the records of a name. */
export type Answer = { id: number } & ({ value: unknown } | { code: string });

/** The caller's side as a thread sees it. */
export type Caller = {
  pieces: () => AsyncGenerator<Buffer>;
  resolve: DNSResolver;
  /** Names whose records were asked for in vain: nobody knows whether there are any. */
  unanswered: () => string[];
};

class AskError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`The caller could not answer (${code}).`);
    this.code = code;
  }
}

/** Asks by messages over `port`. Every question is answered, or its promise rejects with the answer's code. */
export function callerOf(port: MessagePort): Caller {
  const open = new Map<number, (answer: Answer) => void>();
  const unanswered: string[] = [];
  let last = 0;
  port.on("message", (answer: Answer) => {
    open.get(answer.id)?.(answer);
    open.delete(answer.id);
  });
  const ask = (question: Pick<Question, "ask"> & { name?: string; type?: string }) =>
    new Promise<unknown>((resolve, reject) => {
      const id = (last += 1);
      open.set(id, (answer) =>
        "code" in answer ? reject(new AskError(answer.code)) : resolve(answer.value),
      );
      port.postMessage({ id, ...question });
    });

  return {
    unanswered: () => unanswered,
    async *pieces() {
      for (;;) {
        // The caller sends bytes, or null at the end.
        const piece = (await ask({ ask: "piece" })) as Uint8Array | null;
        if (!piece) return;
        yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      }
    },
    async resolve(name, type) {
      try {
        // Records are what `resolve` of node:dns/promises returns for the type, which mailauth expects.
        return (await ask({ ask: "records", name, type })) as string[][];
      } catch (error) {
        if (error instanceof AskError && !["ENOTFOUND", "ENODATA"].includes(error.code))
          unanswered.push(name.toLowerCase());
        throw error;
      }
    },
  };
}
