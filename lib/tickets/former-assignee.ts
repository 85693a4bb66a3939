import "server-only";
import type { ClientSession } from "mongoose";
import { trusted } from "@/lib/store/db";
import type { StoredThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { ASSIGNEE_BEFORE, NOBODY, type Expression } from "./transition";

/** A part of a change: of its filter, of its fields, and of its line of history. */
export type Release = {
  where: Record<string, unknown>;
  set: Record<string, Expression>;
  details: Record<string, Expression>;
};

const NOTHING: Release = { where: {}, set: {}, details: {} };

/**
 * The part of a change that unassigns the ticket if its assignee has left the team, since nobody would see what has come up
 * in it. Changes nothing for others.
 */
export async function releaseFormer(
  { assignedTo }: Pick<StoredThread, "assignedTo">,
  session: ClientSession,
): Promise<Release> {
  if (!assignedTo) return NOTHING;
  const removed = { _id: assignedTo, removedAt: trusted({ $ne: null }) };
  if (!(await Member.exists(removed).session(session))) return NOTHING;
  return { where: { assignedTo }, set: NOBODY, details: { assignee: ASSIGNEE_BEFORE } };
}
