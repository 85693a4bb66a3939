import "server-only";
import type { FailureOf } from "@/lib/api/refusals";
import { nudge, type Topic } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { settleOutcome } from "@/lib/store/unknown-outcome";

type Undecided = FailureOf<"changed_meanwhile">;

/** Rounds are only lost to somebody else's change between the write and the read; three in a row is a storm. */
const ROUNDS_MAX = 3;

/**
 * Runs a verb. `write` is its one conditional write and returns null if the rule did not match. Then `explain` reads,
 * and says why, or returns null if the rule would match by now: both run again, at most 3 rounds in all, and then the
 * verb fails as `changed_meanwhile`. While an answer of the database stays unknown, everything is retried for up to
 * 10 s, so both must recognise what an earlier attempt of the same operation wrote. Throws `OutcomeUnknownError` after
 * that. A write nudges `topics`.
 */
export async function decide<Value, Failure>(
  write: () => Promise<Value | null>,
  explain: () => Promise<Result<Value, Failure> | null>,
  topics: readonly Topic[] = ["cards", "events"],
): Promise<Result<Value, Failure | Undecided>> {
  return settleOutcome(async () => {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const value = await write();
      if (value !== null) {
        nudge(...topics);
        return ok(value);
      }
      const outcome = await explain();
      if (outcome) return outcome;
    }
    return fail({ reason: "changed_meanwhile" });
  });
}
