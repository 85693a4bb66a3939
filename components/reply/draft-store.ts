import { useSyncExternalStore } from "react";
import { z } from "zod";
import { nextDraft, type Draft, type DraftEvent } from "./draft";

const StoredPerson = z.object({ address: z.string(), name: z.string().nullable() });
const StoredAddressed = z.object({
  to: z.array(StoredPerson),
  cc: z.array(StoredPerson),
  recipientsRevision: z.number(),
});

const StoredDraft = z.object({
  text: z.string(),
  then: z.enum(["in_progress", "waiting", "resolved"]),
  seen: z.string().nullable(),
  key: z.string().min(1),
  isKeySpent: z.boolean(),
  isUnanswered: z.boolean(),
  failedAs: z.string().nullable(),
  // Drafts of earlier versions lack the recipients.
  edits: z
    .array(StoredPerson.extend({ place: z.enum(["to", "cc", "out"]), isAdded: z.boolean() }))
    .default([]),
  begunFor: StoredAddressed.nullable().default(null),
  sentTo: StoredAddressed.nullable().default(null),
}) satisfies z.ZodType<Draft>;

type Entry = { draft: Draft | null; isOnDevice: boolean };

const NOTHING: Entry = { draft: null, isOnDevice: true };
/** The drafts this page last read or wrote, by storage key: the same object until it changes. */
const entries = new Map<string, Entry>();
const listeners = new Set<() => void>();

type DraftHandle = Entry & {
  /** Applies `event` to the stored draft at once, and returns the new draft. */
  update: (event: DraftEvent) => Draft | null;
  /** The stored draft at this moment: another tab may have changed it since the last render. */
  current: () => Draft | null;
};

/** The draft of one member for one ticket, shared by all tabs of a browser. Null while the server renders. */
export function useDraft(threadId: string, memberId: string): DraftHandle {
  const storageKey = `claimdesk:draft:${memberId}:${threadId}`;
  const entry = useSyncExternalStore(
    subscribe,
    () => read(storageKey),
    () => NOTHING,
  );
  return {
    ...entry,
    update: (event) => write(storageKey, nextDraft(read(storageKey).draft, event)),
    current: () => read(storageKey).draft,
  };
}

function read(storageKey: string): Entry {
  const known = entries.get(storageKey);
  if (known) return known;
  const entry = load(storageKey);
  entries.set(storageKey, entry);
  return entry;
}

function load(storageKey: string): Entry {
  try {
    const stored = window.localStorage.getItem(storageKey);
    if (stored === null) return NOTHING;
    const parsed = StoredDraft.safeParse(JSON.parse(stored));
    return parsed.success ? { draft: parsed.data, isOnDevice: true } : NOTHING;
  } catch {
    return NOTHING; // no storage, or a draft that this version cannot read
  }
}

function write(storageKey: string, draft: Draft | null): Draft | null {
  entries.set(storageKey, { draft, isOnDevice: save(storageKey, draft) });
  for (const notify of listeners) notify();
  return draft;
}

/** False if the storage is full or forbidden, which must not stop anybody from writing. */
function save(storageKey: string, draft: Draft | null): boolean {
  try {
    if (draft) window.localStorage.setItem(storageKey, JSON.stringify(draft));
    else window.localStorage.removeItem(storageKey);
    return true;
  } catch {
    return false;
  }
}

function subscribe(notify: () => void): () => void {
  const handleStorage = ({ key }: StorageEvent) => {
    if (key === null) entries.clear();
    else entries.delete(key);
    notify();
  };
  listeners.add(notify);
  window.addEventListener("storage", handleStorage);
  return () => {
    listeners.delete(notify);
    window.removeEventListener("storage", handleStorage);
    if (listeners.size === 0) forgetStored();
  };
}

function forgetStored(): void {
  for (const [storageKey, entry] of entries) if (entry.isOnDevice) entries.delete(storageKey);
}
