import "server-only";
import type { SettingsRequest, SettingsResponse } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { Retention, TeamMember } from "@/lib/api/vocabulary";
import { fail, ok, type Result } from "@/lib/result";
import { inTransaction, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { decide } from "@/lib/tickets/decide";
import { HANDOVER_DEFAULT } from "@/lib/tickets/handover-rules";
import { newOperation } from "@/lib/tickets/transition";
import { Setting, type StoredSettings } from "@/models/SettingModel";
import { recordAudit } from "./audit";

const KEEP_ALL: Retention = { rawMailDays: null, closedBodiesDays: null };
const DEFAULTS: SettingsResponse = { retention: KEEP_ALL, handover: HANDOVER_DEFAULT, revision: 0 };

/** The team's settings. As long as nobody has changed them, everything is kept, at revision 0. */
export async function readSettings(): Promise<SettingsResponse> {
  const row = await readRow();
  return row ? toSettings(row) : DEFAULTS;
}

/**
 * Changes the given parts of the settings if they are still at the revision that the caller saw, and records who changed
 * what in the audit log, in one transaction. Of several simultaneous changes one counts; the others learn what is set now.
 * Safe to repeat with the same `op`.
 */
export async function changeSettings(
  { revision, ...parts }: SettingsRequest,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<SettingsResponse, FailureOf<"changed_meanwhile">>> {
  return decide(
    () => write(parts, revision, member, op),
    async () => {
      const row = await readRow();
      const settings = row ? toSettings(row) : DEFAULTS;
      if (row?.op === op) return ok(settings);
      return settings.revision === revision ? null : fail({ reason: "changed_meanwhile", settings });
    },
  );
}

type Parts = Omit<SettingsRequest, "revision">;

async function write(
  { retention, handover }: Parts,
  revision: number,
  by: TeamMember,
  op: string,
): Promise<SettingsResponse | null> {
  try {
    return await inTransaction(async (session) => {
      const row = await Setting.findOneAndUpdate(
        { _id: "team", revision },
        {
          $set: { ...(retention && { retention }), ...(handover && { handover }), op },
          ...(retention ? {} : { $setOnInsert: { retention: KEEP_ALL } }),
          $inc: { revision: 1 },
        },
        { session, upsert: revision === 0, returnDocument: "before" },
      ).lean<StoredSettings>();
      if (!row && revision > 0) return null;
      const before = row ? toSettings(row) : DEFAULTS;
      const after = {
        retention: retention ?? before.retention,
        handover: handover ?? before.handover,
        revision: revision + 1,
      };
      if (retention) await audit("retention", before.retention, retention);
      if (handover) await audit("handover", before.handover, handover);
      return after;

      function audit(subject: "retention" | "handover", was: object, is: object) {
        const details = { before: was, after: is };
        return recordAudit(
          { by, action: "settings_changed", subject, details, id: `${op}:${subject}` },
          session,
        );
      }
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

function toSettings({ retention, handover, revision }: StoredSettings): SettingsResponse {
  const { rawMailDays, closedBodiesDays } = retention;
  return {
    retention: { rawMailDays, closedBodiesDays },
    handover: { ...HANDOVER_DEFAULT, ...handover },
    revision,
  };
}
