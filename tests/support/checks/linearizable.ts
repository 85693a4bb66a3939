import type { Operation } from "./history";

// A ticket is a register whose value is the assignee, or nobody. An operation is legal in a state if that state gives
// its answer. A history is linearizable if all its operations have one legal order in which an operation that ended
// before another began comes first. An operation without an end may have happened at any time since its start, or never.

type State = string; // the assignee, "" for nobody

/** The state after `operation` in `state`, or null if that state gives another answer. */
function apply(operation: Operation, state: State): State | null {
  const who = operation.arg ?? "";
  switch (operation.op) {
    case "claim":
      // Claiming one's own ticket again is a success; a refusal names the assignee.
      if (operation.result === "won") return state === "" || state === who ? who : null;
      return operation.result === `held:${state}` && state !== "" && state !== who ? state : null;
    case "unclaim":
      if (operation.result === "released") return state === who || state === "" ? "" : null;
      return state !== who && state !== "" ? state : null;
    case "reply":
      if (operation.result === "won") return state === "" || state === who ? who : null;
      return operation.result === `held:${state}` && state !== "" && state !== who ? state : null;
    case "read":
      return operation.result === state ? state : null;
  }
}

/** The state after an operation with an unknown outcome, if it happened. */
function applyUnknown(operation: Operation, state: State): State {
  const who = operation.arg ?? "";
  if (operation.op === "claim" || operation.op === "reply") return state === "" ? who : state;
  if (operation.op === "unclaim") return state === who ? "" : state;
  return state;
}

export type Verdict = { linearizable: true } | { linearizable: false; key: string; stuckAt: Operation };

/** Checks the operations of each key. Wing and Gong's search with Lowe's memory of seen configurations. */
export function checkLinearizable(operations: Operation[]): Verdict {
  const byKey = Map.groupBy(operations, (operation) => operation.key);
  for (const [key, own] of byKey) {
    const stuckAt = findStuck(own);
    if (stuckAt) return { linearizable: false, key, stuckAt };
  }
  return { linearizable: true };
}

function findStuck(operations: Operation[]): Operation | null {
  const known = operations
    .filter((operation) => operation.end !== undefined)
    .sort((a, b) => a.start - b.start);
  const unknown = operations.filter((operation) => operation.end === undefined);
  const seen = new Set<string>();
  let furthest = 0;
  let stuckAt: Operation | null = null;

  // Depth first over configurations: the operations placed so far and the state after them. Iterative, since a ticket
  // may have thousands of operations.
  const stack: { placed: Set<number>; used: Set<number>; base: number; state: State }[] = [
    { placed: new Set(), used: new Set(), base: 0, state: "" },
  ];
  for (let current = stack.pop(); current; current = stack.pop()) {
    const { placed, used, base, state } = current;
    if (base === known.length) return null;
    const config = `${base}|${[...placed].sort().join()}|${[...used].sort().join()}|${state}`;
    if (seen.has(config)) continue;
    seen.add(config);
    if (base >= furthest) {
      furthest = base;
      stuckAt = known[base] ?? null;
    }

    // Candidates for the next place: operations that started before every unplaced one ended.
    let earliestEnd = Infinity;
    const candidates: number[] = [];
    for (let index = base; index < known.length; index += 1) {
      const operation = known[index] as Operation;
      if (placed.has(index)) continue;
      if (operation.start > earliestEnd) break;
      candidates.push(index);
      earliestEnd = Math.min(earliestEnd, operation.end ?? Infinity);
    }
    unknown.forEach((operation, index) => {
      if (used.has(index) || operation.start > earliestEnd) return;
      const next = applyUnknown(operation, state);
      if (next !== state) stack.push({ placed, used: new Set(used).add(index), base, state: next });
    });
    for (const index of candidates.toReversed()) {
      const next = apply(known[index] as Operation, state);
      if (next === null) continue;
      const nextPlaced = new Set(placed).add(index);
      let nextBase = base;
      while (nextPlaced.delete(nextBase)) nextBase += 1;
      stack.push({ placed: nextPlaced, used, base: nextBase, state: next });
    }
  }
  return stuckAt;
}
