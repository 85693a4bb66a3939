import { GET as deskStatus } from "@/app/api/desk-status/route";
import { POST as card } from "@/app/api/emails/card/route";
import { POST as claim } from "@/app/api/emails/claim/route";
import { POST as delivery } from "@/app/api/emails/delivery/route";
import { GET as rawMail } from "@/app/api/emails/inbound/[ledgerId]/raw/route";
import { POST as retryMail } from "@/app/api/emails/inbound/[ledgerId]/retry/route";
import { GET as ledger } from "@/app/api/emails/ledger/route";
import { GET as ledgerSummary } from "@/app/api/emails/ledger/summary/route";
import { GET as formatted } from "@/app/api/emails/messages/[messageId]/formatted/route";
import { GET as attachment } from "@/app/api/emails/messages/[messageId]/attachments/[index]/route";
import { POST as reply } from "@/app/api/emails/reply/route";
import { POST as status } from "@/app/api/emails/status/route";
import { GET as ticket } from "@/app/api/emails/tickets/[threadId]/route";
import { GET as counts } from "@/app/api/emails/tickets/counts/route";
import { GET as mine } from "@/app/api/emails/tickets/mine/route";
import { GET as tickets } from "@/app/api/emails/tickets/route";
import { GET as unassigned } from "@/app/api/emails/tickets/unassigned/route";
import { POST as unclaim } from "@/app/api/emails/unclaim/route";
import { GET as live } from "@/app/api/live/route";
import { GET as team } from "@/app/api/team/route";
import type { RouteHandler } from "@/lib/http/route";
import { call, type Answer } from "./requests";

export type TeamRoute = {
  name: string;
  method: "GET" | "POST";
  handler: RouteHandler;
  path: (threadId: string) => string;
  body?: (threadId: string) => Record<string, unknown>;
  params?: (threadId: string) => Record<string, string>;
};

const byThread = (threadId: string) => ({ threadId });
const at = (path: string) => () => path;

export const VERBS: TeamRoute[] = [
  { name: "claim", method: "POST", handler: claim, path: at("/api/emails/claim"), body: byThread },
  { name: "unclaim", method: "POST", handler: unclaim, path: at("/api/emails/unclaim"), body: byThread },
  {
    name: "status",
    method: "POST",
    handler: status,
    path: at("/api/emails/status"),
    body: (threadId) => ({ threadId, status: "waiting" }),
  },
];

export const READS: TeamRoute[] = [
  { name: "tickets", method: "GET", handler: tickets, path: at("/api/emails/tickets") },
  { name: "tickets/mine", method: "GET", handler: mine, path: at("/api/emails/tickets/mine") },
  {
    name: "tickets/unassigned",
    method: "GET",
    handler: unassigned,
    path: at("/api/emails/tickets/unassigned"),
  },
  { name: "tickets/counts", method: "GET", handler: counts, path: at("/api/emails/tickets/counts") },
  {
    name: "tickets/ID",
    method: "GET",
    handler: ticket,
    path: (threadId) => `/api/emails/tickets/${threadId}`,
    params: byThread,
  },
  { name: "team", method: "GET", handler: team, path: at("/api/team") },
  { name: "ledger", method: "GET", handler: ledger, path: at("/api/emails/ledger") },
  {
    name: "ledger/summary",
    method: "GET",
    handler: ledgerSummary,
    path: at("/api/emails/ledger/summary"),
  },
  { name: "desk-status", method: "GET", handler: deskStatus, path: at("/api/desk-status") },
  { name: "live", method: "GET", handler: live, path: at("/api/live") },
];

/** Routes that a right request on a fresh ticket is answered 200 by. */
export const TEAM_ROUTES = [...VERBS, ...READS];

const CONTENT_ID = "0".repeat(64);

/** Routes for the team that change something, and all of them; what they refuse, they refuse by the same rules. */
export const GUARDED_VERBS: TeamRoute[] = [
  ...VERBS,
  {
    name: "reply",
    method: "POST",
    handler: reply,
    path: at("/api/emails/reply"),
    body: (threadId) => ({ threadId, text: "Hello" }),
  },
  {
    name: "delivery",
    method: "POST",
    handler: delivery,
    path: at("/api/emails/delivery"),
    body: () => ({ messageId: CONTENT_ID, action: "retry" }),
  },
  { name: "card", method: "POST", handler: card, path: at("/api/emails/card"), body: byThread },
  {
    name: "inbound/ID/retry",
    method: "POST",
    handler: retryMail,
    path: at(`/api/emails/inbound/${CONTENT_ID}/retry`),
    params: () => ({ ledgerId: CONTENT_ID }),
  },
];
export const GUARDED_ROUTES: TeamRoute[] = [
  ...GUARDED_VERBS,
  ...READS,
  {
    name: "inbound/ID/raw",
    method: "GET",
    handler: rawMail,
    path: at(`/api/emails/inbound/${CONTENT_ID}/raw`),
    params: () => ({ ledgerId: CONTENT_ID }),
  },
  {
    name: "messages/ID/formatted",
    method: "GET",
    handler: formatted,
    path: at(`/api/emails/messages/${CONTENT_ID}/formatted`),
    params: () => ({ messageId: CONTENT_ID }),
  },
  {
    name: "messages/ID/attachments/N",
    method: "GET",
    handler: attachment,
    path: at(`/api/emails/messages/${CONTENT_ID}/attachments/0`),
    params: () => ({ messageId: CONTENT_ID, index: "0" }),
  },
];

/** A request of the route that is right in every way, as whoever `headers` says. */
export function ask(
  route: TeamRoute,
  threadId: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { method, body, params } = route;
  return call(route.handler, route.path(threadId), {
    method,
    headers,
    body: body?.(threadId),
    params: params?.(threadId),
  });
}
