import "server-only";
import type { Role } from "@/lib/api/vocabulary";

export type BearerSecret = "INBOUND_SECRET" | "CRON_SECRET" | "METRICS_TOKEN";
/** Who may ask: anybody, whoever brings the secret of that variable, or the team from that role on. */
export type Who = "public" | `bearer:${BearerSecret}` | Role;

/**
 * Every route there is and who may ask it; the wrappers enforce what stands here and tests ask each route as
 * everybody. A route that is missing here does not compile, and throws when it is loaded.
 */
export const ROUTES = {
  "POST /api/demo/session": "public",
  "POST /api/demo/sign-out": "public",
  "GET /api/health/live": "public",
  "GET /api/health/ready": "public",

  "POST /api/emails/inbound": "bearer:INBOUND_SECRET",
  "POST /api/internal/tick": "bearer:CRON_SECRET",
  "GET /api/metrics": "bearer:METRICS_TOKEN",

  "GET /api/emails/tickets": "viewer",
  "GET /api/emails/tickets/mine": "viewer",
  "GET /api/emails/tickets/unassigned": "viewer",
  "GET /api/emails/tickets/counts": "viewer",
  "GET /api/emails/tickets/[threadId]": "viewer",
  "GET /api/emails/messages/[messageId]/attachments/[index]": "viewer",
  "GET /api/emails/messages/[messageId]/formatted": "viewer",
  "GET /api/emails/inbound/[ledgerId]/raw": "viewer",
  "GET /api/emails/ledger": "viewer",
  "GET /api/emails/ledger/summary": "viewer",
  "GET /api/team": "viewer",
  "GET /api/desk-status": "viewer",
  "GET /api/live": "viewer",

  "POST /api/emails/claim": "member",
  "POST /api/emails/unclaim": "member",
  "POST /api/emails/status": "member",
  "POST /api/emails/reply": "member",
  "POST /api/emails/delivery": "member",
  "POST /api/emails/card": "member",
  "POST /api/emails/inbound/[ledgerId]/retry": "member",
} as const satisfies Record<`${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /api/${string}`, Who>;

/** The same for pages; `requireMember` enforces it. A page that is missing here does not compile either. */
export const PAGES = {
  "/": "public",
  "/sign-in": "public",
  "/not-on-team": "public",
  "/dashboard": "viewer",
  "/dashboard/tickets": "viewer",
  "/dashboard/tickets/mine": "viewer",
  "/dashboard/tickets/unassigned": "viewer",
  "/dashboard/tickets/[threadId]": "viewer",
  "/dashboard/mail": "viewer",
  "/reply/[threadId]": "viewer",
} as const satisfies Record<`/${string}`, Who>;

type KeyOf<Table, Value> = { [Key in keyof Table]: Table[Key] extends Value ? Key : never }[keyof Table];
export type RouteKey = keyof typeof ROUTES;
export type TeamRoute = KeyOf<typeof ROUTES, Role>;
export type BearerRoute = KeyOf<typeof ROUTES, `bearer:${string}`>;
export type PublicRoute = KeyOf<typeof ROUTES, "public">;
export type TeamPage = KeyOf<typeof PAGES, Role>;

const RANK: Record<Role, number> = { viewer: 0, member: 1, admin: 2 };

/** True where somebody of `role` may do what `needed` may. */
export function mayActAs(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** The table's word on `route`. Throws for one it does not have, so that a route cannot be open by omission. */
export function whoMayAsk<Route extends RouteKey>(route: Route): (typeof ROUTES)[Route] {
  if (!Object.hasOwn(ROUTES, route)) throw new Error(`${route} has no entry in lib/http/access.ts.`);
  return ROUTES[route];
}
