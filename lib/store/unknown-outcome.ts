import "server-only";
import { getSystemErrorMap } from "node:util";
import mongoose from "mongoose";

/** How long a verb retries a write whose answer was lost, in milliseconds. */
const OUTCOME_BOX_MS = 10_000;

/** Thrown after the time for retries. The write may or may not have happened; the caller is told to repeat it. */
export class OutcomeUnknownError extends Error {
  constructor(cause: unknown) {
    super("The database did not answer in time; the change may or may not have been made.", { cause });
    this.name = "OutcomeUnknownError";
  }
}

/** An attempt lost its connection or its session, in a way that no error of the driver's own tells. */
export class ConnectionLostError extends Error {
  constructor(cause: unknown) {
    super("The connection to the database was lost.", { cause });
    this.name = "ConnectionLostError";
  }
}

const { mongo } = mongoose;

/**
 * True unless `error` is known to be an answer: the server's refusal of a command, a document or filter that Mongoose
 * refuses, a mistake in our own code, or an error class of ours. Whatever else can leave the driver may have happened
 * after the write. Judged by class, code and label, never by message.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (error instanceof ConnectionLostError) return true;
  if (error instanceof mongo.MongoServerError) return !isAnswer(error);
  if (error instanceof mongo.MongoError) return !isMisuse(error);
  if (error instanceof mongoose.Error) return isUnsent(error);
  return error instanceof Error && isOfConnection(error);
}

/** True for an error that says that the database is away, be it during one attempt or after all retries. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof OutcomeUnknownError || isOutcomeUnknown(error);
}

/**
 * Codes with which a server says that it is no longer, or not yet, the one to ask, or that it has ended the command, its
 * cursor or its transaction for a reason of its own. https://www.mongodb.com/docs/manual/reference/error-codes/
 */
const CODES_OF_NO_ANSWER = new Set([
  ...[6, 7, 89, 9001], // HostUnreachable, HostNotFound, NetworkTimeout, SocketException
  ...[91, 189, 10058, 10107, 11600, 11602, 13435, 13436], // shutting down, stepped down, not primary
  ...[64, 79, 100, 133, 134, 202, 262], // write or read concern not met in time, ExceededTimeLimit
  ...[24, 46, 112], // LockTimeout, LockBusy, WriteConflict
  ...[43, 175, 237, 11601], // CursorNotFound, QueryPlanKilled, CursorKilled, Interrupted
  ...[20, 225, 251, 290], // a standalone has no transactions; transaction too old, gone, or at its lifetime's end
]);

const LABELS_OF_NO_ANSWER = [
  "RetryableWriteError",
  "TransientTransactionError",
  "UnknownTransactionCommitResult",
  "HandshakeError", // the command was never sent
  "SystemOverloadedError",
];

function isAnswer(error: mongoose.mongo.MongoServerError): boolean {
  if (error instanceof mongo.MongoWriteConcernError) return false;
  if (typeof error.code !== "number" || CODES_OF_NO_ANSWER.has(error.code)) return false;
  return !LABELS_OF_NO_ANSWER.some((label) => error.hasErrorLabel(label));
}

/** An error of the driver that tells of a mistake in our code, or of a file that is gone from GridFS. */
function isMisuse(error: mongoose.mongo.MongoError): boolean {
  return (
    error instanceof mongo.MongoInvalidArgumentError ||
    error instanceof mongo.MongoTransactionError ||
    error instanceof mongo.MongoBatchReExecutionError ||
    error instanceof mongo.MongoCursorInUseError ||
    error instanceof mongo.MongoCursorExhaustedError ||
    error instanceof mongo.MongoTailableCursorError ||
    error instanceof mongo.MongoMissingDependencyError ||
    error instanceof mongo.MongoMissingCredentialsError ||
    error instanceof mongo.MongoGridFSChunkError ||
    error instanceof mongo.MongoGridFSStreamError ||
    error.code === "ENOENT" // the driver's own code for a file that GridFS lacks
  );
}

/** Mongoose's own classes refuse a document or a filter. Its base class also says that there is no connection yet. */
function isUnsent(error: mongoose.Error): boolean {
  if (error instanceof mongoose.Error.MongooseServerSelectionError) return true;
  return error.constructor === mongoose.Error && mongoose.connection.db === undefined;
}

const SYSTEM_CODES = new Set([...getSystemErrorMap().values()].map(([code]) => code));
/** Codes of Node's streams, sockets and encryption, and of name servers. */
const SOCKET_CODE = /^ERR_(STREAM|SOCKET|SSL|TLS)_|^(EAI_\w+|ENOTFOUND)$/;

/**
 * Whether the error is of a kind that the driver passes on from a socket as it is. A file's error names its path, and a
 * mistake in our code has no such code.
 */
function isOfConnection(error: Error & { code?: unknown }): boolean {
  if (error.name === "AbortError") return true;
  if (typeof error.code !== "string" || "path" in error) return false;
  return SYSTEM_CODES.has(error.code) || SOCKET_CODE.test(error.code);
}

/**
 * Retries `attempt` while its outcome is unknown, for at most `boxMs` in all. Only for attempts that recognise their own
 * earlier success (by operation id, or by `_id`). Throws `OutcomeUnknownError` after that.
 */
export async function settleOutcome<Value>(
  attempt: () => Promise<Value>,
  boxMs = OUTCOME_BOX_MS,
): Promise<Value> {
  const deadline = performance.now() + boxMs;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOutcomeUnknown(error)) throw error;
      if (performance.now() + pauseMs >= deadline) throw new OutcomeUnknownError(error);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
