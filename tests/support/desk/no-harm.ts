import { expect } from "vitest";

/** Watches the process while faults are run: rejections nobody handles, and memory that grows without bound. */
export class Watch {
  private readonly rejections: unknown[] = [];
  private rssFirst = 0;
  private rssMax = 0;
  private readonly note = (reason: unknown) => void this.rejections.push(reason);
  private faults = 0;

  /** `growthMaxMb`: memory that a whole file of faults may add. */
  constructor(
    private readonly what: string,
    private readonly growthMaxMb = 150,
  ) {
    process.on("unhandledRejection", this.note);
  }

  /** One more fault was run. */
  count(): void {
    this.faults += 1;
    this.rssFirst ||= process.memoryUsage.rss();
    this.rssMax = Math.max(this.rssMax, process.memoryUsage.rss());
  }

  /** Says how many faults were run, and throws where one did harm. */
  end(): void {
    process.off("unhandledRejection", this.note);
    const grownMb = Math.round((this.rssMax - this.rssFirst) / 1024 / 1024);
    console.log(`${this.what}: ${this.faults} faults run, ${grownMb} MB grown`);
    expect(this.rejections).toEqual([]);
    expect(grownMb).toBeLessThan(this.growthMaxMb);
  }
}
