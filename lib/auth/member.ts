import "server-only";
import type { TeamMember } from "@/lib/tickets/ticket";

/** Who is asking, as far as the session tells. */
export type Identity =
  | { state: "signed_out" }
  | { state: "not_on_team"; email: string | null }
  | { state: "member"; member: TeamMember };
