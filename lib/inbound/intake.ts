import "server-only";
import { processSingleton } from "@/lib/process-singleton";

const MB = 1024 * 1024;

/** Mails that one process takes in at a time. A large one has more than 1 MB, so 96 at most are large. */
const MAILS_MAX = 200;
/** A mail of up to this size is small. */
export const SMALL_MAIL_BYTES = MB;
/** Memory for the small mails under way: room of their own, so that large ones do not hold them up. */
const SMALL_MAILS_BYTES = 32 * MB;
/** Memory for the large mails under way: two of the largest size. */
export const LARGE_MAILS_BYTES = 96 * MB;
/** Part of it that one sender of SMTP may take: one mail of the largest size. */
export const LARGE_MAILS_OF_SENDER_BYTES = 48 * MB;

const state = processSingleton("intake", () => ({
  mails: 0,
  small: 0,
  large: 0,
  largeOf: new Map<string, number>(),
}));

type Lane = "small" | "large";
/** `announcedBytes` is the size that the sender announced, 0 if none; `sender` is an address of SMTP, null for HTTP. */
type Arriving = { announcedBytes: number; sender: string | null };

/** Mails that this process is taking in now, and the memory reserved for them. */
export function intakeNow(): { mails: number; bytes: number } {
  return { mails: state.mails, bytes: state.small + state.large };
}

/** Whether a mail could begin to come in now. Reserves nothing. */
export function hasRoomFor(arriving: Arriving): boolean {
  const intake = beginIntake(arriving);
  intake?.release();
  return intake !== null;
}

/** Reserves room for a mail before it is read; null if the process takes in all it can. Release it in any case. */
export function beginIntake({ announcedBytes, sender }: Arriving): Intake | null {
  if (state.mails >= MAILS_MAX) return null;
  state.mails += 1;
  const intake = new Intake(sender);
  if (intake.reserve(announcedBytes)) return intake;
  intake.release();
  return null;
}

/** The memory that a mail has while it comes in. It is reserved before it is taken. */
export class Intake {
  private bytes = 0;
  private isReleased = false;

  constructor(private readonly sender: string | null) {}

  /** Makes `bytes` the least that is reserved for this mail in all. False, and no change, if there is no room. */
  reserve(bytes: number): boolean {
    if (bytes <= this.bytes) return true;
    const before = this.bytes;
    this.setTo(0);
    const hasRoom = bytes <= this.roomIn(laneOf(bytes));
    this.setTo(hasRoom ? bytes : before);
    return hasRoom;
  }

  /** Gives back what is reserved beyond `bytes`. */
  shrinkTo(bytes: number): void {
    this.setTo(Math.min(this.bytes, bytes));
  }

  /** Gives everything back; again does nothing. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.setTo(0);
    state.mails -= 1;
  }

  private roomIn(lane: Lane): number {
    if (lane === "small") return SMALL_MAILS_BYTES - state.small;
    const room = LARGE_MAILS_BYTES - state.large;
    if (this.sender === null) return room;
    return Math.min(room, LARGE_MAILS_OF_SENDER_BYTES - (state.largeOf.get(this.sender) ?? 0));
  }

  private setTo(bytes: number): void {
    this.count(-this.bytes);
    this.bytes = bytes;
    this.count(bytes);
  }

  private count(bytes: number): void {
    const lane = laneOf(Math.abs(bytes));
    state[lane] += bytes;
    if (lane === "small" || this.sender === null) return;
    const ofSender = (state.largeOf.get(this.sender) ?? 0) + bytes;
    if (ofSender === 0) state.largeOf.delete(this.sender);
    else state.largeOf.set(this.sender, ofSender);
  }
}

function laneOf(bytes: number): Lane {
  return bytes <= SMALL_MAIL_BYTES ? "small" : "large";
}
