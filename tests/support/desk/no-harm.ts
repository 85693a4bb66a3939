import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void; // V8's own function, there by the flag

/** Memory that is in use, in bytes, without what the collector would free and the system keeps for the process. */
function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Watches the process during fault runs for unhandled rejections and memory that is never freed. */
export class Watch {
  private readonly rejections: unknown[] = [];
  private inUseFirst = 0;
  private readonly note = (reason: unknown) => void this.rejections.push(reason);
  private faults = 0;

  /** `growthMaxMb` is the memory that one file of faults may keep. */
  constructor(
    private readonly what: string,
    private readonly growthMaxMb = 50,
  ) {
    process.on("unhandledRejection", this.note);
  }

  /** Counts one fault. */
  count(): void {
    this.faults += 1;
    this.inUseFirst ||= memoryInUse();
  }

  /** Prints the number of faults. Throws if one left an unhandled rejection, or too much memory was kept. */
  end(): void {
    process.off("unhandledRejection", this.note);
    const grownMb = Math.round((memoryInUse() - this.inUseFirst) / 1024 / 1024);
    console.log(`${this.what}: ${this.faults} faults run, ${grownMb} MB kept`);
    expect(this.rejections).toEqual([]);
    expect(grownMb).toBeLessThan(this.growthMaxMb);
  }
}
