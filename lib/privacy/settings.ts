import "server-only";
import type { SettingsRequest, SettingsResponse } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { Retention, TeamMember } from "@/lib/api/vocabulary";
import { fail, ok, type Result } from "@/lib/result";
import { inTransaction, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { recordAudit } from "@/lib/team/audit";
import { decide } from "@/lib/tickets/decide";
import { newOperation } from "@/lib/tickets/transition";
import { Setting, type StoredSettings } from "@/models/SettingModel";

const KEEP_ALL: Retention = { rawMailDays: null, closedBodiesDays: null };

/** The team's settings. As long as nobody has changed them, everything is kept, at revision 0. */
export async function readSettings(): Promise<SettingsResponse> {
  const row = await readRow();
  return row ? toSettings(row) : { retention: KEEP_ALL, revision: 0 };
}

/**
 * Changes the settings if they are still at the revision that the caller saw, and records who changed what in the audit
 * log, in one transaction. Of several simultaneous changes one counts; the others learn what is set now. Safe to repeat
 * with the same `op`.
 */
export async function changeSettings(
  { retention, revision }: SettingsRequest,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<SettingsResponse, FailureOf<"changed_meanwhile">>> {
  return decide(
    () => write(retention, revision, member, op),
    async () => {
      const row = await readRow();
      const settings = row ? toSettings(row) : { retention: KEEP_ALL, revision: 0 };
      if (row?.op === op) return ok(settings);
      return settings.revision === revision ? null : fail({ reason: "changed_meanwhile", settings });
    },
  );
}

async function write(
  retention: Retention,
  revision: number,
  by: TeamMember,
  op: string,
): Promise<SettingsResponse | null> {
  try {
    return await inTransaction(async (session) => {
      const before = await Setting.findOneAndUpdate(
        { _id: "team", revision },
        { $set: { retention, op }, $inc: { revision: 1 } },
        { session, upsert: revision === 0, returnDocument: "before" },
      ).lean<StoredSettings>();
      if (!before && revision > 0) return null;
      const details = { before: before?.retention ?? KEEP_ALL, after: retention };
      await recordAudit({ by, action: "settings_changed", subject: "retention", details, id: op }, session);
      return { retention, revision: revision + 1 };
    });
  } catch (error) {
    if (isDuplicateKey(error)) return null; // somebody else made the first change
    throw error;
  }
}

async function readRow(): Promise<StoredSettings | null> {
  return Setting.findById("team")
    .read("primary")
    .readConcern("majority")
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredSettings>();
}

function toSettings({ retention, revision }: StoredSettings): SettingsResponse {
  const { rawMailDays, closedBodiesDays } = retention;
  return { retention: { rawMailDays, closedBodiesDays }, revision };
}
