import "server-only";

/** Changes that come together, as those of one transaction do, are read together; in milliseconds. */
const GATHER_MS = 10;

/**
 * Work that is done soon after it was asked for, and never twice at once. It resolves with the shortest time from its
 * start to the next one, in milliseconds.
 */
export function paced(work: () => Promise<number | undefined>) {
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isAsked = false;
  let notBefore = -Infinity;

  function ask(): void {
    isAsked = true;
    if (timer || isRunning) return;
    timer = setTimeout(() => void run(), Math.max(GATHER_MS, notBefore - performance.now()));
  }
  async function run(): Promise<void> {
    timer = undefined;
    isAsked = false;
    isRunning = true;
    const startedAt = performance.now();
    notBefore = startedAt + ((await work()) ?? 0);
    isRunning = false;
    if (isAsked) ask();
  }
  return {
    ask,
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
