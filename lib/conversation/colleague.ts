import "server-only";
import type { QueryFilter } from "mongoose";
import type { TeamMember } from "@/lib/api/vocabulary";
import { DEMO_MEMBERS } from "@/lib/auth/demo";
import { env } from "@/lib/env";
import { addressKey } from "@/lib/mail/address";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { ADDRESS_COLLATION } from "@/models/address-collation";
import { Member, type StoredMember } from "@/models/MemberModel";

/**
 * The team members with these mail addresses, by the address as `addressKey` writes it; nobody who was removed. That a mail
 * bears a member's address proves nothing by itself.
 */
export async function findColleagues(addresses: string[]): Promise<Map<string, TeamMember>> {
  const keys = [...new Set(addresses.map(addressKey))];
  const isDemo = env().AUTH_MODE === "demo";
  const filter = { email: trusted({ $in: keys }), isDemo: isDemo || trusted({ $ne: true }) };
  const rows = await Member.find(filter as QueryFilter<StoredMember>)
    .collation(ADDRESS_COLLATION)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMember[]>();
  const stored = new Set(rows.map(({ email }) => addressKey(email)));
  const members = rows
    .filter(({ removedAt }) => !removedAt)
    .map(({ _id, email, name, role }) => ({ id: _id, email, name, role }));
  const notSignedIn = isDemo ? DEMO_MEMBERS.filter(({ email }) => !stored.has(addressKey(email))) : [];
  // The collation matches a few other addresses too.
  const found = [...members, ...notSignedIn].map((member) => [addressKey(member.email), member] as const);
  return new Map(found.filter(([key]) => keys.includes(key)));
}

/** The team member with this mail address, as `findColleagues` finds them; null if there is none. */
export async function findColleague(address: string): Promise<TeamMember | null> {
  return (await findColleagues([address])).get(addressKey(address)) ?? null;
}
