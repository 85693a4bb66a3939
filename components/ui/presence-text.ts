import { longAge } from "./times";

type Presence = { isHere: boolean; lastSeenAt: string | null };

/** "Here now", "Seen 20 minutes ago", "Never signed in". Pure: the caller passes the present. */
export function presenceText({ isHere, lastSeenAt }: Presence, now: number): string {
  if (isHere) return "Here now";
  if (lastSeenAt === null) return "Never signed in";
  return `Seen ${longAge(now - Date.parse(lastSeenAt))} ago`;
}
