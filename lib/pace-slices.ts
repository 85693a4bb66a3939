import "server-only";
import { processSingleton } from "@/lib/process-singleton";

/** Requests of a sender that a process lets pass before the database has counted them. */
export const FREE_MAX = 5;
/** Most senders remembered in one process; the oldest leaves. */
const SENDERS_MAX = 10_000;

/** Requests that one process may let pass until its minute ends; `isLast` if the database has no more. */
export type Slice = { points: number; endsInMs: number; isLast: boolean };

type Budget = {
  left: number;
  /** Requests that passed and are not counted yet; the next slice pays for them. */
  owed: number;
  endsAt: number;
  isSpent: boolean;
  fetching: Promise<void> | null;
};
const budgets = processSingleton("pace-slices", () => new Map<string, Budget>());

/**
 * Counts one request of `sender` against slices of its minute that `fetch` takes from a count shared by all processes.
 * Usually waits for nothing: up to five requests pass while a slice is fetched, so that all processes together let at
 * most five each pass above the limit. Resolves to null, or to the milliseconds until the minute ends if the limit is
 * reached. Rejects if these five are used up and `fetch` rejects.
 */
export async function spend(sender: string, fetch: () => Promise<Slice>): Promise<number | null> {
  const budget = budgetOf(sender);
  for (;;) {
    if (performance.now() >= budget.endsAt) Object.assign(budget, emptyBudget());
    if (budget.left > 0) {
      budget.left -= 1;
      return null;
    }
    if (budget.isSpent) return budget.endsAt - performance.now();
    const fetching = (budget.fetching ??= startFetch(budget, fetch));
    if (budget.owed < FREE_MAX) {
      budget.owed += 1;
      return null;
    }
    await fetching;
  }
}

const emptyBudget = () => ({ left: 0, owed: 0, endsAt: Infinity, isSpent: false });

function budgetOf(sender: string): Budget {
  let budget = budgets.get(sender);
  if (!budget) {
    const [oldest] = budgets.size >= SENDERS_MAX ? budgets.keys() : [];
    if (oldest !== undefined) budgets.delete(oldest);
    budgets.set(sender, (budget = { ...emptyBudget(), fetching: null }));
  }
  return budget;
}

function startFetch(budget: Budget, fetch: () => Promise<Slice>): Promise<void> {
  const fetching = fetch()
    .then(({ points, endsInMs, isLast }) => {
      const paid = Math.min(points, budget.owed);
      budget.owed -= paid;
      budget.left = points - paid;
      budget.isSpent = isLast;
      budget.endsAt = performance.now() + endsInMs;
    })
    .finally(() => {
      budget.fetching = null;
    });
  fetching.catch(() => {}); // whoever waits for it learns of it
  return fetching;
}
