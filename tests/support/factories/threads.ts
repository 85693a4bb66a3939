import { Types } from "mongoose";
import { ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";

let made = 0;

/** Stores a thread as the inbound path does, with `overrides`. */
export async function createThread(
  overrides: Partial<StoredThread> = {},
): Promise<StoredThread & { id: ThreadId }> {
  made += 1;
  const receivedAt = overrides.receivedAt ?? new Date(Date.UTC(2026, 0, 1) + made * 60_000);
  const thread: StoredThread = {
    _id: new Types.ObjectId(),
    inbox: "support@desk.example",
    to: "support@desk.example",
    from: `customer${made}@example.com`,
    fromName: `Customer ${made}`,
    subject: `Question ${made}`,
    excerpt: "Hello, I have a question.",
    status: "open",
    receivedAt,
    lastMessageAt: receivedAt,
    lastInboundAt: receivedAt,
    messageCount: 1,
    revision: 1,
    ...overrides,
  };
  await EmailThread.create(thread);
  return { ...thread, id: ThreadId.parse(thread._id.toHexString()) };
}

/** Stores a thread from before the assignment fields existed. Written past the model, which would add defaults. */
export async function createLegacyThread(
  fields: Record<string, unknown> = {},
): Promise<{ _id: Types.ObjectId; id: ThreadId }> {
  const _id = new Types.ObjectId();
  await EmailThread.collection.insertOne({
    _id,
    from: "old@example.com",
    subject: "From before",
    status: "open",
    receivedAt: new Date(Date.UTC(2025, 5, 1)),
    ...fields,
  });
  return { _id, id: ThreadId.parse(_id.toHexString()) };
}

/** The thread as it is stored. Throws if there is none. */
export async function storedThread(id: string): Promise<StoredThread> {
  return EmailThread.findById(id).orFail().lean<StoredThread>();
}

export function member(name: string, overrides: Partial<TeamMember> = {}): TeamMember {
  const slug = name.toLowerCase().replace(/[^a-z]+/g, "_");
  return { id: `user_${slug}`, email: `${slug}@team.example`, name, role: "member", ...overrides };
}

export function admin(name = "Maya Lindqvist"): TeamMember {
  return member(name, { role: "admin" });
}

export function teamOf(size: number): TeamMember[] {
  return Array.from({ length: size }, (_, index) =>
    member(`Member ${String.fromCharCode(97 + (index % 26))}${"x".repeat(Math.floor(index / 26))}`),
  );
}
