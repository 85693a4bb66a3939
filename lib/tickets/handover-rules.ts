import "server-only";
import type { HandoverRules } from "@/lib/api/vocabulary";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { Setting } from "@/models/SettingModel";

/** The rules as long as no admin has changed them. */
export const HANDOVER_DEFAULT: HandoverRules = { membersAssignUnassigned: false };

/** The team's rules for handing tickets over, as they are now. */
export async function readHandoverRules(): Promise<HandoverRules> {
  const row = await Setting.findById("team", { handover: 1 })
    .read("primary")
    .readConcern("majority")
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean();
  return { ...HANDOVER_DEFAULT, ...row?.handover };
}
