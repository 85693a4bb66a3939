// The server's time as far as this window knows it. The browser's own clock may be hours off, so it only counts until
// the first answer; from then on the time that passed is measured by a clock that nobody can set.

/** The server's time at the zero of `performance.now()`, in milliseconds; null if the server has not told it yet. */
let zero: number | null = null;

/** The server's time in milliseconds, at most as much too early as the fastest answer was under way. */
export function serverNow(): number {
  return zero === null ? Date.now() : zero + performance.now();
}

/** Takes `now`, the server's time as a page or an answer carries it, in milliseconds. Of several the latest counts. */
export function noteServerTime(now: number): void {
  if (Number.isNaN(now)) return;
  const heard = now - performance.now();
  zero = zero === null ? heard : Math.max(zero, heard);
}

/** Begins anew with the time of a page. */
export function startServerClock(now: number): void {
  zero = null;
  noteServerTime(now);
}
