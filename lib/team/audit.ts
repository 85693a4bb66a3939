import "server-only";
import { randomUUID } from "node:crypto";
import type { ClientSession } from "mongoose";
import type { AuditAction, TeamMember } from "@/lib/api/vocabulary";
import { AuditEvent } from "@/models/AuditEventModel";

type Audit = {
  /** Who did it; null if the desk did it by itself. */
  by: Pick<TeamMember, "id" | "email" | "name"> | null;
  action: AuditAction;
  /** Id of the member, customer or setting that the act is about. Never a customer's address. */
  subject: string;
  details?: Record<string, unknown>;
  /** Recording the same id again changes nothing, so an act that is repeated is recorded once. */
  id?: string;
};

/**
 * Records an act for good. Within `session` it is recorded if and only if that transaction commits; every act that
 * changes something passes the session of its change.
 */
export async function recordAudit(
  { by, action, subject, details = {}, id = randomUUID() }: Audit,
  session?: ClientSession,
): Promise<void> {
  const person = by && { id: by.id, email: by.email, name: by.name };
  await AuditEvent.updateOne(
    { _id: id },
    { $setOnInsert: { at: new Date(), by: person, action, subject, details } },
    { upsert: true, session },
  );
}
