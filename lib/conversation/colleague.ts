import "server-only";
import type { TeamMember } from "@/lib/api/vocabulary";
import { DEMO_MEMBERS } from "@/lib/auth/demo";
import { env } from "@/lib/env";
import { addressKey } from "@/lib/mail/address";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { ADDRESS_COLLATION } from "@/models/address-collation";
import { Member, type StoredMember } from "@/models/MemberModel";

/** Those of these addresses that are members', as `addressKey` writes them. */
export async function colleaguesAmong(addresses: string[]): Promise<Set<string>> {
  const found = await Promise.all([...new Set(addresses.map(addressKey))].map(findColleague));
  return new Set(found.flatMap((member) => (member ? [addressKey(member.email)] : [])));
}

/**
 * The team member with this mail address; null if nobody has it, or they were removed. That a mail bears a member's
 * address proves nothing by itself.
 */
export async function findColleague(address: string): Promise<TeamMember | null> {
  const key = addressKey(address);
  const isDemo = env().AUTH_MODE === "demo";
  const found = await Member.find({ email: key, isDemo: isDemo || trusted({ $ne: true }) })
    .collation(ADDRESS_COLLATION)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMember[]>();
  const rows = found.filter(({ email }) => addressKey(email) === key);
  const member = rows.find(({ removedAt }) => !removedAt);
  if (member) return { id: member._id, email: member.email, name: member.name, role: member.role };
  if (!isDemo || rows.length > 0) return null;
  return DEMO_MEMBERS.find(({ email }) => addressKey(email) === key) ?? null; // not signed in yet
}
