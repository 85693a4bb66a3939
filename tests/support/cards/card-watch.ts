import { trusted } from "@/lib/store/db";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import type { CardDesk } from "./cards";

/** Watches the card follower: notes requests that it sends while blocked or paused, and its slowest step. */
export class CardWatch {
  readonly breaches: string[] = [];
  slowestMs = 0;
  private underWay = 0;

  /** Watches every step of `desk` from now on. */
  constructor(desk: CardDesk) {
    const step = desk.step.bind(desk);
    desk.step = async () => {
      const closed = this.underWay === 0 && (await isClosed(desk.clock.now()));
      const before = desk.discord.requests().length;
      const startedAt = performance.now();
      this.underWay += 1;
      try {
        return await step();
      } finally {
        this.underWay -= 1;
        this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt);
        const sent = desk.discord.requests().length - before;
        if (closed && sent > 0) this.breaches.push(`${sent} requests while ${closed}`);
      }
    };
  }
}

/** Why nothing may be sent now, or false. The stand-in checks the limit on old edits, since it knows their age. */
async function isClosed(now: Date): Promise<string | false> {
  const closed = await Destination.findOne({
    // A wait that ends within a second may end during the step. After an hour's pause the desk asks about the webhook.
    $or: [
      {
        pausedReason: trusted({ $ne: null }),
        askedAt: trusted({ $gt: new Date(now.getTime() - 3_599_000) }),
      },
      { blockedUntil: trusted({ $gt: new Date(now.getTime() + 1_000) }) },
    ],
  }).lean<StoredDestination>();
  return closed ? (closed.pausedReason ?? "blocked") : false;
}
