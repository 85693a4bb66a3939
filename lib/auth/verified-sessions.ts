import "server-only";
import { processSingleton } from "@/lib/process-singleton";

/** Most sessions kept in one process. More than any team has open; about 10 MB. */
export const SESSIONS_MAX = 10_000;

type Verified<Session> = { session: Session; endsAt: number };

/**
 * Sessions whose proof was verified in this process, until their tokens end. `proof` names everything that the proof was
 * verified against: the token, what came beside it, the key and the settings. When full, the least recently used leaves.
 */
export function verifiedSessions<Session>() {
  const sessions = processSingleton("verified-sessions", () => new Map<string, Verified<Session>>());
  return {
    find(proof: string, now = Date.now()): Session | null {
      const verified = sessions.get(proof);
      if (!verified) return null;
      sessions.delete(proof);
      if (now >= verified.endsAt) return null;
      sessions.set(proof, verified); // now the most recently used
      return verified.session;
    },
    /** `endsAt` is the end of the token, in milliseconds since 1970. */
    keep(proof: string, session: Session, endsAt: number): void {
      sessions.set(proof, { session, endsAt });
      for (const oldest of sessions.keys()) {
        if (sessions.size <= SESSIONS_MAX) return;
        sessions.delete(oldest);
      }
    },
  };
}
