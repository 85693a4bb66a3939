import { useSyncExternalStore } from "react";
import { z } from "zod";
import { nextDraft, type Draft, type DraftEvent } from "./draft";

const StoredDraft = z.object({
  text: z.string(),
  then: z.enum(["in_progress", "waiting", "resolved"]),
  seen: z.string().nullable(),
  key: z.string().min(1),
  isKeySpent: z.boolean(),
  isUnanswered: z.boolean(),
  failedAs: z.string().nullable(),
}) satisfies z.ZodType<Draft>;

type Entry = { draft: Draft | null; isOnDevice: boolean };

const NOTHING: Entry = { draft: null, isOnDevice: true };
/** What this page last read or wrote, by storage key: the same object until it changes. */
const entries = new Map<string, Entry>();
const listeners = new Set<() => void>();

export type DraftHandle = Entry & {
  /** Applies `event` to what is kept now, at once and on the device, and returns the draft that is left. */
  update: (event: DraftEvent) => Draft | null;
  /** What is kept at this moment, also where another tab wrote since this page was drawn. */
  current: () => Draft | null;
};

/** The draft of one member for one ticket. All tabs of a browser write the same one. Empty while the server renders. */
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
    return NOTHING; // no storage here, or not what we wrote: nothing of the person's is lost by starting afresh
  }
}

function write(storageKey: string, draft: Draft | null): Draft | null {
  entries.set(storageKey, { draft, isOnDevice: save(storageKey, draft) });
  for (const notify of listeners) notify();
  return draft;
}

/** Whether the device took it; a full or forbidden storage must not stop anybody from writing. */
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
    if (listeners.size === 0) forgetWhatIsStored();
  };
}

function forgetWhatIsStored(): void {
  for (const [storageKey, entry] of entries) if (entry.isOnDevice) entries.delete(storageKey);
}
