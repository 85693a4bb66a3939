import "server-only";
import type { TeamMember } from "@/lib/api/vocabulary";

/** Who is asking, as far as the session tells. */
export type Identity =
  | { state: "signed_out" }
  | { state: "not_on_team"; email: string | null }
  // `since` is when the session began, where we keep it ourselves and not Clerk.
  | { state: "member"; member: TeamMember; since?: Date };

/** How long Clerk may take to answer, in milliseconds. */
export const CLERK_ANSWER_MS = 5_000;

/** Thrown where who is asking could not be found out, because Clerk was away. Asking again later may help. */
export class IdentityUnavailableError extends Error {
  constructor(cause: unknown) {
    super("Clerk could not be asked who this is.", { cause });
    this.name = "IdentityUnavailableError";
  }
}
