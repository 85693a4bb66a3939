import { expect } from "vitest";

/** Watches the process during fault runs for unhandled rejections and growing memory. */
export class Watch {
  private readonly rejections: unknown[] = [];
  private rssFirst = 0;
  private rssMax = 0;
  private readonly note = (reason: unknown) => void this.rejections.push(reason);
  private faults = 0;

  /** `growthMaxMb` is the memory that one file of faults may add. */
  constructor(
    private readonly what: string,
    private readonly growthMaxMb = 150,
  ) {
    process.on("unhandledRejection", this.note);
  }

  /** Counts one fault. */
  count(): void {
    this.faults += 1;
    this.rssFirst ||= process.memoryUsage.rss();
    this.rssMax = Math.max(this.rssMax, process.memoryUsage.rss());
  }

  /** Prints the number of faults. Throws if one left an unhandled rejection, or the memory grew too much. */
  end(): void {
    process.off("unhandledRejection", this.note);
    const grownMb = Math.round((this.rssMax - this.rssFirst) / 1024 / 1024);
    console.log(`${this.what}: ${this.faults} faults run, ${grownMb} MB grown`);
    expect(this.rejections).toEqual([]);
    expect(grownMb).toBeLessThan(this.growthMaxMb);
  }
}
