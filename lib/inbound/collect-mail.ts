import "server-only";
import { setImmediate as nextTurn } from "node:timers/promises";
import { FILE_CHUNK_BYTES } from "@/lib/store/file-store";
import type { Intake } from "./intake";
import { MAIL_MAX_BYTES, REFUSED_HEAD_BYTES } from "./ledger";

/**
 * A mail as far as it is kept: whole in parts, the beginning of one that is too large, or nothing if the process had no
 * room for it. `sizeBytes` counts what arrived.
 */
export type Collected =
  | { outcome: "whole"; raw: Buffer[]; sizeBytes: number }
  | { outcome: "too_large"; head: Buffer; sizeBytes: number }
  | { outcome: "no_room" };

/**
 * Collects a mail that comes in parts of any size, and takes no more memory than `intake` has reserved. Of a mail that
 * is too large it keeps the beginning, and nothing of one without room; the rest is read and dropped, or with `stopEarly`
 * not read. Rejects if the parts break off.
 */
export async function collectMail(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  intake: Intake,
  { stopEarly = false } = {},
): Promise<Collected> {
  const blocks = new Blocks(intake);
  let sizeBytes = 0;
  let head: Buffer | null = null;
  let hasRoom = true;
  for await (const part of inTurns(parts)) {
    sizeBytes += part.byteLength;
    if (!head && hasRoom) {
      if (sizeBytes <= MAIL_MAX_BYTES) hasRoom = blocks.add(part);
      else head = beginning([...blocks.all(), part]);
      if (head || !hasRoom) blocks.drop();
    }
    if (stopEarly && (head || !hasRoom)) break;
  }
  if (!hasRoom) return { outcome: "no_room" };
  return head
    ? { outcome: "too_large", head, sizeBytes }
    : { outcome: "whole", raw: blocks.all(), sizeBytes };
}

/** How much of one mail is taken before the other connections get their turn. */
const TURN_BYTES = 64 * 1024;

/** The same parts, with a turn of the event loop after every 64 KB, so that fast senders do not take it all. */
export async function* inTurns(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let sinceTurn = 0;
  for await (const part of parts) {
    yield part;
    sinceTurn += part.byteLength;
    if (sinceTurn < TURN_BYTES) continue;
    sinceTurn = 0;
    await nextTurn();
  }
}

/** A copy, so that the rest of the mail can be dropped. */
function beginning(parts: Uint8Array[]): Buffer {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat(parts, Math.min(total, REFUSED_HEAD_BYTES));
}

/** Most mails fit into it. */
const FIRST_BLOCK_BYTES = 16 * 1024;

/**
 * The bytes so far, in blocks of the size that files are stored in. The first one grows, so that a small mail takes
 * little. Copied, since a sender of single bytes would otherwise make each of them an object.
 */
class Blocks {
  private full: Buffer[] = [];
  private last = Buffer.alloc(0);
  private used = 0;

  constructor(private readonly intake: Intake) {}

  /** False if there is no room for the part; what was added before stays. */
  add(part: Uint8Array): boolean {
    for (let at = 0; at < part.length;) {
      if (this.used === this.last.length && !this.extend()) return false;
      const taken = part.subarray(at, at + this.last.length - this.used);
      this.last.set(taken, this.used);
      this.used += taken.length;
      at += taken.length;
    }
    return true;
  }

  all(): Buffer[] {
    return [...this.full, this.last.subarray(0, this.used)];
  }

  drop(): void {
    this.full = [];
    this.last = Buffer.alloc(0);
    this.used = 0;
    this.intake.shrinkTo(REFUSED_HEAD_BYTES);
  }

  private extend(): boolean {
    const isGrowing = this.full.length === 0 && this.last.length < FILE_CHUNK_BYTES;
    const size = isGrowing
      ? Math.min(FILE_CHUNK_BYTES, Math.max(FIRST_BLOCK_BYTES, this.last.length * 4))
      : FILE_CHUNK_BYTES;
    const held = this.full.length * FILE_CHUNK_BYTES + (isGrowing ? 0 : this.last.length);
    if (!this.intake.reserve(held + size)) return false;
    const block = Buffer.allocUnsafeSlow(size);
    if (isGrowing) this.last.copy(block);
    else {
      this.full.push(this.last);
      this.used = 0;
    }
    this.last = block;
    return true;
  }
}
