import "server-only";
import type { TeamMember } from "@/lib/api/vocabulary";

/** The person behind a request, from its session. */
export type Identity =
  | { state: "signed_out" }
  | { state: "not_on_team"; email: string | null }
  // `since` is when the session began; only for sessions of our own, not Clerk's.
  | { state: "member"; member: TeamMember; since?: Date };

/** Longest wait for an answer of Clerk, in milliseconds. */
export const CLERK_TIMEOUT_MS = 5_000;

/** The identity is unknown because Clerk is away. A retry later may succeed. */
export class IdentityUnavailableError extends Error {
  constructor(cause: unknown) {
    super("Clerk could not be reached to check a session.", { cause });
    this.name = "IdentityUnavailableError";
  }
}
