import { median } from "./figures";
import type { Results } from "./report";
import { bothRates, floorsOf, type Round } from "./requests";

const LISTS = ["Unassigned", "Mine", "All"];
/** Of the idle process; what it has after load depends on when V8 collects. */
const IDLE_WEB_MB = 250;

/** Each goal with the figure that was reached, as lines of a list. */
export function goalsOf(results: Results): string[] {
  const rounds = (clients: number) =>
    results.requests?.find((one) => one.clients === clients && !one.withWindows)?.rounds ?? [];
  const claims = results.windows?.filter(({ change }) => change.startsWith("claim"));
  const scaled = results.queues?.filter(({ queue }) => queue.isGoal) ?? [];
  return [
    goal(
      "a claim at 64 clients: at least 0.75 of 1/(1/A + 1/B)",
      rateOf(rounds(64), "claim"),
      (it) => it >= 0.75,
    ),
    goal("a claim with one client: p50 at most 1.3 × (A + B)", timeOf(rounds(1), "claim"), (it) => it <= 1.3),
    ...LISTS.map((list) =>
      goal(
        `${list}: p50 at most 1.5 × (A + the driver's read of the same rows), one client`,
        timeOf(rounds(1), list),
        (it) => it <= 1.5,
      ),
    ),
    goal(
      "a colleague's claim: 0 requests of an open window",
      claims && Math.max(...claims.map(({ requests }) => requests)),
      (it) => it === 0,
    ),
    ...scaled.map(({ queue, perSecond }) =>
      goal(
        `${queue.name}: 4 workers at least 2 × as fast as one`,
        (perSecond[4] ?? 0) / (perSecond[1] || 1),
        (it) => it >= 2,
      ),
    ),
    ...(results.memory ?? []).map(({ when, web }) =>
      goal(`memory of the web process, ${when}: at most ${IDLE_WEB_MB} MB`, web, (it) => it <= IDLE_WEB_MB),
    ),
  ];
}

function goal(what: string, reached: number | undefined, isReached: (reached: number) => boolean): string {
  if (reached === undefined || Number.isNaN(reached)) return `- Not measured: ${what}.`;
  return `- ${isReached(reached) ? "Reached" : "**Not reached**"}: ${what}. It is ${Number(reached.toFixed(2))}.`;
}

function rateOf(rounds: Round[], name: string): number | undefined {
  return ratio(rounds, name, ({ own, a, b }) => own.perSecond / bothRates(a, b));
}

function timeOf(rounds: Round[], name: string): number | undefined {
  return ratio(rounds, name, ({ own, a, b }) => own.p50Ms / (a.p50Ms + b.p50Ms));
}

type Compared = { own: Round[string]; a: Round[string]; b: Round[string] };

function ratio(rounds: Round[], name: string, of: (compared: Compared) => number): number | undefined {
  const values = rounds.flatMap((round) => {
    const floors = floorsOf(round, name);
    const own = round[name];
    return floors && own ? [of({ own, ...floors })] : [];
  });
  return values.length > 0 ? median(values) : undefined;
}
