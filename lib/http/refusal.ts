import "server-only";
import type { EdgeReason } from "@/lib/api/refusals";
import { STATUS_OF } from "./status";

/** Refuses a request before any verb runs; the wrapper renders it with the status of its reason. */
export class Refusal extends Error {
  constructor(
    readonly reason: EdgeReason | "not_found",
    sentence: string,
    readonly details: Record<string, unknown> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(sentence);
    this.name = "Refusal";
  }

  get status(): number {
    return STATUS_OF[this.reason];
  }
}

/** A 503 that asks the caller to retry in 2 s. */
export function unavailable(sentence: string): Refusal {
  return new Refusal("unavailable", sentence, {}, { "retry-after": "2" });
}
