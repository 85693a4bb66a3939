import "server-only";
import type { PreferencesResponse } from "@/lib/api/contracts";
import type { Preferences, TeamMember } from "@/lib/api/vocabulary";
import { visitsStored } from "@/lib/auth/member-profile";
import { outboundSettings } from "@/lib/mail/outbound-settings";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Member } from "@/models/MemberModel";

/** The choices of a member who has made none. */
export const PREFERENCES_DEFAULT: Preferences = { mailOnHandover: false };

/** The member's own choices, and whether the desk can send mail at all. */
export async function readPreferences({ id }: Pick<TeamMember, "id">): Promise<PreferencesResponse> {
  const row = await Member.findById(id, { preferences: 1 }).maxTimeMS(QUERY_TIME_MAX_MS).lean();
  return toResponse({ ...PREFERENCES_DEFAULT, ...row?.preferences });
}

/** Stores the member's own choices. Safe to repeat. Throws `OutcomeUnknownError` if the database stays away for 10 s. */
export async function changePreferences(
  preferences: Preferences,
  { id }: Pick<TeamMember, "id">,
): Promise<PreferencesResponse> {
  await visitsStored(); // the row of a new member may be on its way
  await settleOutcome(() =>
    Member.updateOne({ _id: id }, { $set: { preferences } }, { maxTimeMS: QUERY_TIME_MAX_MS }),
  );
  return toResponse(preferences);
}

function toResponse(preferences: Preferences): PreferencesResponse {
  return { preferences, canMail: outboundSettings() !== null };
}
