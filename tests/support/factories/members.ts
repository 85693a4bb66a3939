import type { TeamMember } from "@/lib/api/vocabulary";
import { Member, type StoredMember } from "@/models/MemberModel";
import { member } from "./threads";

/** Stores the row of `name` as it is after a sign-in, with `overrides`. */
export async function createMember(
  name: string,
  { role = "member", ...overrides }: Partial<StoredMember> = {},
): Promise<TeamMember> {
  const person = member(name, { role });
  const { id: _id, email } = person;
  await Member.create({ _id, email, name, role, lastSeenAt: new Date(), removedAt: null, ...overrides });
  return person;
}

export async function storedMember(id: string): Promise<StoredMember> {
  return Member.findById(id).orFail().lean<StoredMember>();
}
