export type Figures = { p50Ms: number; p95Ms: number; perSecond: number };

/** Runs `work` `times` times in `clients` concurrent loops, and returns how long one call took. */
export async function measure(
  work: (turn: number) => Promise<void>,
  clients: number,
  times: number,
): Promise<Figures> {
  const tookMs: number[] = [];
  let turn = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (turn < times) {
        const current = turn;
        turn += 1;
        const begun = performance.now();
        await work(current);
        tookMs.push(performance.now() - begun);
      }
    }),
  );
  const elapsedMs = performance.now() - started;
  tookMs.sort((a, b) => a - b);
  const at = (share: number) => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0;
  return { p50Ms: at(0.5), p95Ms: at(0.95), perSecond: (tookMs.length / elapsedMs) * 1_000 };
}
