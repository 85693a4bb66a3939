import "server-only";
import type { EdgeReason } from "@/lib/api/refusals";
import { STATUS_OF } from "./status";

/** A refusal raised at the edge; the wrapper renders it from the one table. */
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
