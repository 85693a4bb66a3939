/** The rounds of a race. */
export const ROUNDS = Array.from({ length: 20 }, (_, round) => round);

/** Runs both at the same time; in every other round the second one starts first. */
export async function race<One, Other>(
  round: number,
  one: () => Promise<One>,
  other: () => Promise<Other>,
): Promise<[One, Other]> {
  if (round % 2 === 0) return Promise.all([one(), other()]);
  const second = other();
  return [await one(), await second];
}

/** "ok", or why it was refused. */
export function reasonOf(outcome: { ok: true } | { ok: false; failure: { reason: string } }): string {
  return outcome.ok ? "ok" : outcome.failure.reason;
}
