import "server-only";
import type { CountsResponse, LiveDelivery, LiveEvents, LiveRow } from "@/lib/api/contracts";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { listenToChanges, type Change } from "./changes";
import { paced } from "./paced";
import { Recent } from "./recent";

/** Shortest time between two reads of changed rows, and of counters, in milliseconds. */
const ROWS_EVERY_MS = 100;
const COUNTS_EVERY_MS = 250;
/** The same while more changes than can be named. */
const ANY_EVERY_MS = 1_000;
/** Most tickets and deliveries that one event names. */
const NAMED_MAX = 50;
/** How long the board listens on after its last window, so that a window that comes back learns what it missed. */
const LINGER_MS = 10 * 60_000;
/** The change stream answers twice a second; after this time without an answer it may be dead, in milliseconds. */
const FRESH_MS = 5_000;

/** The reads that the board needs; a room above gives them. */
export type LiveReads = {
  /** Those of the tickets that are there, each with its newest lines of history, oldest first. */
  rows: (threadIds: string[]) => Promise<LiveRow[]>;
  deliveries: (messageIds: string[]) => Promise<LiveDelivery[]>;
  /** The counters that are the same for every member, and those of one member. */
  counts: () => Promise<Partial<CountsResponse>>;
  mine: (memberId: string) => Promise<Partial<CountsResponse>>;
};

/** A browser's stream. */
export type LiveWindow = { memberId: string; send: (event: Uint8Array) => void; end: () => void };

/** An event as it goes over the wire. */
export function encodeEvent<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]): Uint8Array {
  return new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

const nothing = () => ({
  tickets: new Set<string>(),
  messages: new Set<string>(),
  deliveries: new Set<string>(),
  mail: false,
});

/**
 * Reads what has changed once for all windows of this process, and sends it to them. There is one, which listens to the
 * change stream from its first use on until ten minutes after its last window. It reads only while there are windows.
 */
class Board {
  readonly windows = new Set<LiveWindow>();
  private changed = nothing();
  private countsDue = { all: false, mine: new Set<string>() };
  private recent: Recent | null = null;
  private stopListening: (() => void) | null = null;
  private opening: Promise<void> | null = null;
  private linger: NodeJS.Timeout | undefined;
  private tickedAt = 0;
  private readonly rows = paced(() => this.endingIfLost(() => this.sendRows()));
  private readonly counts = paced(() => this.endingIfLost(() => this.sendCounts()));

  constructor(private readonly reads: LiveReads) {}

  /** Listens to the change stream from now on. Rejects if the database is away. */
  async open(): Promise<void> {
    this.opening ??= this.listen();
    try {
      await this.opening;
    } catch (error) {
      this.opening = null;
      throw error;
    }
  }

  private async listen(): Promise<void> {
    let isLost = false;
    const stop = await listenToChanges({
      onChange: (change) => this.hear(change),
      onTick: () => {
        this.tickedAt = performance.now();
      },
      onLost: () => {
        isLost = true;
        this.close();
      },
    });
    if (isLost) throw new Error("the change stream was lost");
    this.stopListening = stop;
    this.tickedAt = performance.now();
    this.recent = new Recent(Date.now());
    this.lingerOn();
  }

  /** False if the change stream has been silent for so long that changes may be missing. */
  isFresh(): boolean {
    return performance.now() - this.tickedAt < FRESH_MS;
  }

  /** Ends every window, and stops to listen. */
  close(): void {
    this.stopListening?.();
    this.stopListening = null;
    this.opening = null;
    this.recent = null;
    this.changed = nothing();
    this.rows.stop();
    this.counts.stop();
    clearTimeout(this.linger);
    for (const { end } of this.windows) end();
  }

  /** Adds a window whose reader has everything up to `since`; it then gets the counters and the tickets changed since. */
  add(window: LiveWindow, since: number): void {
    if (!this.stopListening) return window.end();
    const now = Date.now();
    clearTimeout(this.linger);
    this.windows.add(window);
    const missed = this.recent?.changedSince(since, now) ?? null;
    const known = missed && missed.tickets.length <= NAMED_MAX ? missed : null;
    const from = known?.from ?? Math.max(now, since + 1);
    window.send(encodeEvent("hello", { now: iso(now), from: iso(from) }));
    this.countsDue.all = true;
    this.countsDue.mine.add(window.memberId);
    this.counts.ask();
    if (known && known.tickets.length > 0)
      void this.endingIfLost(() => this.sendMissed(window, known.tickets));
  }

  remove(window: LiveWindow): void {
    this.windows.delete(window);
    if (this.windows.size === 0 && this.stopListening) this.lingerOn();
  }

  private lingerOn(): void {
    clearTimeout(this.linger);
    this.linger = setTimeout(() => this.close(), LINGER_MS).unref();
  }

  private hear(change: Change): void {
    const now = Date.now();
    switch (change.kind) {
      case "ticket":
      case "card":
        this.changed.tickets.add(change.threadId);
        this.recent?.add(change.threadId, {}, now);
        break;
      case "message":
        this.changed.messages.add(change.threadId);
        this.recent?.add(change.threadId, { hasMessages: true }, now);
        break;
      case "delivery":
        this.changed.deliveries.add(change.messageId);
        break;
      case "mail":
        this.changed.mail = true;
        break;
      case "member":
        for (const window of this.windows) if (window.memberId === change.memberId) window.end();
        return;
    }
    if (this.windows.size > 0) this.rows.ask();
    else this.changed = nothing();
  }

  /** Returns the pause until the next read, as `sendCounts` does. */
  private async sendRows(): Promise<number> {
    const now = Date.now();
    const { tickets, messages, deliveries, mail } = this.changed;
    this.changed = nothing();
    if (this.windows.size === 0) return ROWS_EVERY_MS;
    if (tickets.size + messages.size + deliveries.size > NAMED_MAX) {
      this.sendAny(now);
      return ANY_EVERY_MS;
    }

    const [rows, delivered] = await Promise.all([
      tickets.size > 0 ? this.reads.rows([...tickets]) : [],
      deliveries.size > 0 ? this.reads.deliveries([...deliveries]) : [],
    ]);
    for (const { threadId } of delivered) this.recent?.add(threadId, { hasMessages: true }, now);
    const gone = missingOf(tickets, rows);
    for (const id of gone) this.countWithout(id);
    const event = {
      now: iso(Date.now()),
      rows: rows.map((row) => this.withNewLines(row)),
      gone,
      messages: [...messages],
      deliveries: delivered,
      mail,
    };
    const bytes = encodeEvent("rows", event);
    for (const window of this.windows) window.send(bytes);
    if (this.countsDue.all) this.counts.ask();
    return ROWS_EVERY_MS;
  }

  private countWithout(threadId: string): void {
    const told = this.recent?.get(threadId);
    this.countsDue.all = true;
    for (const { memberId } of this.windows) {
      const isTheirs = told?.assignedTo === memberId || told?.givenBackTo === memberId;
      if (told?.assignedTo === undefined || isTheirs) this.countsDue.mine.add(memberId);
    }
  }

  /** The row with the lines that no event had before; and the members whom it concerns are due to be counted. */
  private withNewLines({ ticket, lines }: LiveRow): LiveRow {
    const told = this.recent?.get(ticket._id);
    const isNew = (revision: number) => told?.revision === undefined || revision > told.revision;
    const news = lines.filter((line) => isNew(line.revision));
    const isMore = told?.revision !== undefined && ticket.revision - told.revision > news.length;
    const named = news.flatMap(({ by, assignee, formerAssignee }) => [
      by?.id,
      assignee?.id,
      formerAssignee?.id,
    ]);
    const inMine = [ticket, told].flatMap((one) => [one?.assignedTo, one?.givenBackTo]);
    const concerned = isMore ? [...this.windows].map(({ memberId }) => memberId) : [...named, ...inMine];
    if (told?.revision !== ticket.revision) {
      this.countsDue.all = true;
      for (const id of concerned) if (id) this.countsDue.mine.add(id);
    }
    const { revision, assignedTo, givenBackTo } = ticket;
    this.recent?.tell(ticket._id, { revision, assignedTo, givenBackTo });
    return { ticket, lines: told?.revision === undefined ? news.slice(-1) : news };
  }

  private sendAny(now: number): void {
    this.recent?.forgetAll(now);
    const bytes = encodeEvent("any", { now: iso(now) });
    for (const window of this.windows) {
      window.send(bytes);
      this.countsDue.mine.add(window.memberId);
    }
    this.countsDue.all = true;
    this.counts.ask();
  }

  private async sendMissed(window: LiveWindow, missed: [string, { hasMessages: boolean }][]): Promise<void> {
    const ids = missed.map(([id]) => id);
    const rows = await this.reads.rows(ids);
    if (!this.windows.has(window)) return;
    window.send(
      encodeEvent("rows", {
        now: iso(Date.now()),
        rows,
        gone: missingOf(ids, rows),
        messages: missed.filter(([, { hasMessages }]) => hasMessages).map(([id]) => id),
        deliveries: [],
        mail: true,
      }),
    );
  }

  private async sendCounts(): Promise<number> {
    const { all, mine } = this.countsDue;
    this.countsDue = { all: false, mine: new Set() };
    const members = new Set([...this.windows].map(({ memberId }) => memberId));
    if (members.size === 0) return COUNTS_EVERY_MS;
    const concerned = [...mine].filter((id) => members.has(id));
    const [shared, own] = await Promise.all([
      all ? this.reads.counts() : {},
      Promise.all(concerned.map(async (id) => [id, await this.reads.mine(id)] as const)),
    ]);
    const now = iso(Date.now());
    const ofMember = new Map(own);
    const events = new Map(
      [...members].map((id) => {
        const counts = { ...shared, ...ofMember.get(id) };
        return [id, Object.keys(counts).length > 0 ? encodeEvent("counts", { now, ...counts }) : null];
      }),
    );
    for (const window of this.windows) {
      const bytes = events.get(window.memberId);
      if (bytes) window.send(bytes);
    }
    return COUNTS_EVERY_MS;
  }

  /** If a read fails, the windows end: they read for themselves until a new stream says what they missed. */
  private async endingIfLost<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await work();
    } catch (error) {
      log.warn({ err: error }, "live reads failed");
      this.close();
      return undefined;
    }
  }
}

const shared = processSingleton("live-board", () => ({ board: null as Board | null }));

/** The board of this process; null if it was not needed yet. */
export function existingBoard(): Board | null {
  return shared.board;
}

/** The board of this process. */
export function liveBoard(reads: LiveReads): Board {
  return (shared.board ??= new Board(reads));
}

function missingOf(ids: Iterable<string>, rows: LiveRow[]): string[] {
  const found = new Set(rows.map(({ ticket }) => ticket._id));
  return [...ids].filter((id) => !found.has(id));
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
