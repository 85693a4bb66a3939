import "server-only";
import type { Role } from "@/lib/api/vocabulary";

export type BearerSecret = "INBOUND_SECRET" | "CRON_SECRET" | "METRICS_TOKEN";
export type SigningSecret = "CLERK_WEBHOOK_SECRET";
/**
 * Who may use a route: anybody, a program with the secret of that variable (which it sends, or signs with), or members
 * with at least that role.
 */
export type Access = "public" | `bearer:${BearerSecret}` | `signed:${SigningSecret}` | Role;

/**
 * Every route and who may use it. The wrappers in lib/http enforce this table, and tests call each route as each kind of
 * caller. A route that is missing here does not compile, and throws when it is loaded.
 */
export const ROUTES = {
  "POST /api/demo/session": "public",
  "POST /api/demo/sign-out": "public",
  "GET /api/health/live": "public",
  "GET /api/health/ready": "public",

  "POST /api/emails/inbound": "bearer:INBOUND_SECRET",
  "GET /api/internal/tick": "bearer:CRON_SECRET",
  "POST /api/internal/tick": "bearer:CRON_SECRET",
  "GET /api/metrics": "bearer:METRICS_TOKEN",
  "POST /api/clerk/webhook": "signed:CLERK_WEBHOOK_SECRET",

  "GET /api/emails/tickets": "viewer",
  "GET /api/emails/tickets/mine": "viewer",
  "GET /api/emails/tickets/unassigned": "viewer",
  "GET /api/emails/tickets/counts": "viewer",
  "GET /api/emails/tickets/[threadId]": "viewer",
  "GET /api/emails/tickets/[threadId]/history": "viewer",
  "GET /api/emails/messages/[messageId]/attachments/[index]": "viewer",
  "GET /api/emails/messages/[messageId]/formatted": "viewer",
  "GET /api/emails/messages/[messageId]/text": "viewer",
  "GET /api/emails/inbound/[ledgerId]/raw": "viewer",
  "GET /api/emails/ledger": "viewer",
  "GET /api/emails/ledger/summary": "viewer",
  "GET /api/emails/participants": "viewer",
  "GET /api/team": "viewer",
  "GET /api/desk-status": "viewer",
  "GET /api/live": "viewer",
  "GET /api/team/preferences": "viewer",

  "POST /api/emails/claim": "member",
  "POST /api/emails/unclaim": "member",
  "POST /api/emails/reassign": "member",
  "POST /api/emails/decline": "member",
  "POST /api/emails/bulk": "member",
  "GET /api/emails/bulk/jobs": "member",
  "POST /api/emails/bulk/jobs": "member",
  "GET /api/emails/bulk/jobs/[jobId]": "member",
  "POST /api/emails/bulk/jobs/cancel": "member",
  "PUT /api/team/preferences": "member",
  "POST /api/emails/status": "member",
  "POST /api/emails/seen": "member",
  "POST /api/emails/reply": "member",
  "POST /api/emails/participants": "member",
  "POST /api/emails/delivery": "member",
  "POST /api/emails/card": "member",
  "POST /api/cards/resume": "member",
  "POST /api/emails/inbound/[ledgerId]/retry": "member",

  "POST /api/team/remove": "admin",
  "POST /api/team/restore": "admin",
  "POST /api/team/release": "admin",

  "GET /api/dead-letters": "admin",
  "POST /api/dead-letters/retry": "admin",
  "GET /api/settings": "admin",
  "PUT /api/settings": "admin",
  "POST /api/privacy/export": "admin",
  "POST /api/privacy/erase": "admin",
  "POST /api/privacy/erase/cancel": "admin",
  "GET /api/privacy/erasures": "admin",
} as const satisfies Record<`${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /api/${string}`, Access>;

/** The same for pages, enforced by `requireMember`. A page that is missing here does not compile either. */
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
  "/dashboard/team": "viewer",
  "/dashboard/settings": "admin",
  "/dashboard/privacy": "admin",
  "/dashboard/dead-letters": "admin",
  "/reply/[threadId]": "viewer",
} as const satisfies Record<`/${string}`, Access>;

type KeyOf<Table, Value> = { [Key in keyof Table]: Table[Key] extends Value ? Key : never }[keyof Table];
export type RouteKey = keyof typeof ROUTES;
export type TeamRoute = KeyOf<typeof ROUTES, Role>;
export type BearerRoute = KeyOf<typeof ROUTES, `bearer:${string}`>;
export type SignedRoute = KeyOf<typeof ROUTES, `signed:${string}`>;
export type PublicRoute = KeyOf<typeof ROUTES, "public">;
export type TeamPage = KeyOf<typeof PAGES, Role>;

const RANK: Record<Role, number> = { viewer: 0, member: 1, admin: 2 };

/** True if `role` includes the rights of `needed`. */
export function hasRole(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** Who may use `route`. Throws if it is not in the table, so that no route is open by omission. */
export function accessOf<Route extends RouteKey>(route: Route): (typeof ROUTES)[Route] {
  if (!Object.hasOwn(ROUTES, route)) throw new Error(`${route} has no entry in lib/auth/access.ts.`);
  return ROUTES[route];
}
