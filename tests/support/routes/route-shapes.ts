import { ROUTES, type TeamRoute } from "@/lib/auth/access";
import type { Role } from "@/lib/api/vocabulary";
import { call, type Answer } from "./requests";
import { handlerOf, VERBS } from "./route-table";

export type Ids = {
  threadId: string;
  messageId: string;
  replyId: string;
  ledgerId: string;
  memberId: string;
  /** The ticket's assignee. */
  assigneeId: string;
};
export const MISSING: Ids = {
  threadId: "f".repeat(24),
  messageId: "f".repeat(64),
  replyId: "f".repeat(64),
  ledgerId: "f".repeat(64),
  memberId: "user_nobody",
  assigneeId: "user_nobody",
};
export const MALFORMED: Ids = {
  threadId: "$ne",
  messageId: "..",
  replyId: "..",
  ledgerId: "%00",
  memberId: "$ne",
  assigneeId: "$ne",
};

type Shape = {
  /** Places of the ids in a request. A list has none. */
  params?: (ids: Ids) => Record<string, string>;
  query?: (ids: Ids) => Record<string, string>;
  body?: (ids: Ids) => Record<string, unknown>;
  /** Answers 409, or that status, even on the member's own ticket, since there is nothing to do. */
  isRefusedFirst?: true | 422;
  /** Answers 404 to the ids of a ticket, since it is about something else. */
  isNeverFound?: true;
  /** Not about a ticket, so it leaves every ticket as it is. */
  isElsewhere?: true;
  /** Names nothing that could be missing. */
  isGeneral?: true;
  /** Answers 200 with an outcome for each ticket. */
  isPerTicket?: true;
  /** Status of a right request on somebody else's ticket, if it is not 200. */
  onOthers?: Partial<Record<Role, number>>;
};

const byThread = ({ threadId }: Ids) => ({ threadId });
const byMessage = ({ messageId }: Ids) => ({ messageId });
const byJob = ({ messageId }: Ids) => ({ jobId: messageId });
const byMember = ({ memberId }: Ids) => ({ memberId });
const byLedger = ({ ledgerId }: Ids) => ({ ledgerId });
const GENERAL = { isElsewhere: true, isGeneral: true } as const;
const TAKEN = { member: 409, admin: 409 };

/** How to ask each route of the access table about one ticket. A route that is missing here does not compile. */
export const SHAPES: Record<TeamRoute, Shape> = {
  "GET /api/emails/tickets": {},
  "GET /api/emails/tickets/mine": {},
  "GET /api/emails/tickets/unassigned": {},
  "GET /api/emails/tickets/counts": {},
  "GET /api/team": {},
  "GET /api/desk-status": {},
  "GET /api/live": {},
  "GET /api/emails/ledger": {},
  "GET /api/emails/ledger/summary": {},
  "GET /api/emails/tickets/[threadId]": { params: byThread },
  "GET /api/emails/messages/[messageId]/formatted": { params: byMessage },
  "GET /api/emails/messages/[messageId]/text": { params: byMessage },
  "GET /api/emails/messages/[messageId]/attachments/[index]": {
    params: (ids) => ({ ...byMessage(ids), index: "0" }),
  },
  "GET /api/emails/inbound/[ledgerId]/raw": { params: byLedger },
  "POST /api/emails/inbound/[ledgerId]/retry": {
    params: byLedger,
    isRefusedFirst: true, // the mail is in its ticket already
    onOthers: TAKEN,
  },
  "POST /api/emails/claim": { body: byThread, onOthers: TAKEN },
  "POST /api/emails/unclaim": { body: byThread, onOthers: { member: 403, admin: 200 } },
  "POST /api/emails/seen": {
    body: (ids) => ({ ...byThread(ids), lastSeenMessageId: ids.messageId }),
    onOthers: TAKEN,
  },
  "POST /api/emails/reassign": {
    body: (ids) => ({
      ...byThread(ids),
      ...{ assignedTo: ids.memberId, expectedAssignedTo: ids.assigneeId },
    }),
    onOthers: { member: 403, admin: 200 },
  },
  "POST /api/emails/decline": {
    body: (ids) => ({ ...byThread(ids), reason: "Not mine" }),
    isRefusedFirst: true, // nobody gave it to them
    onOthers: { member: 403, admin: 403 },
  },
  "POST /api/emails/bulk": {
    body: (ids) => ({ action: "claim", items: [byThread(ids)] }),
    isPerTicket: true,
  },
  "GET /api/emails/bulk/jobs": { isElsewhere: true },
  "POST /api/emails/bulk/jobs": {
    body: () => ({ action: "claim", view: "unassigned", status: "resolved", seenAt: "2026-01-01T00:00:00Z" }),
    ...GENERAL,
    isRefusedFirst: 422, // nothing matches
    onOthers: { member: 422, admin: 422 },
  },
  "GET /api/emails/bulk/jobs/[jobId]": {
    params: byJob,
    isElsewhere: true,
    isNeverFound: true,
    onOthers: { member: 404, admin: 404 },
  },
  "POST /api/emails/bulk/jobs/cancel": {
    body: byJob,
    isElsewhere: true,
    isNeverFound: true,
    onOthers: { member: 404, admin: 404 },
  },
  "GET /api/emails/tickets/[threadId]/history": { params: byThread },
  "GET /api/team/preferences": {},
  "PUT /api/team/preferences": { body: () => ({ mailOnHandover: true }), ...GENERAL },
  "POST /api/team/release": {
    body: byMember,
    isElsewhere: true,
    isRefusedFirst: 422, // the member holds nothing
    onOthers: { admin: 422 },
  },
  "POST /api/emails/status": {
    body: (ids) => ({ ...byThread(ids), status: "waiting", lastSeenMessageId: ids.messageId }),
    onOthers: TAKEN,
  },
  "POST /api/emails/reply": {
    body: (ids) => ({ ...byThread(ids), text: "Hello", lastSeenMessageId: ids.messageId }),
    onOthers: TAKEN,
  },
  "GET /api/emails/participants": { query: byThread },
  "POST /api/emails/participants": {
    body: (ids) => ({ ...byThread(ids), add: ["jill@stone.example"] }),
    onOthers: TAKEN,
  },
  "POST /api/emails/delivery": {
    body: ({ replyId }) => ({ messageId: replyId, action: "retry" }),
    onOthers: TAKEN,
  },
  "POST /api/emails/card": {
    body: byThread,
    isRefusedFirst: true, // no webhook is set
    onOthers: TAKEN,
  },
  "POST /api/cards/resume": {
    isElsewhere: true,
    isRefusedFirst: true, // no webhook is set
    onOthers: TAKEN,
  },
  "GET /api/dead-letters": { isElsewhere: true },
  "POST /api/dead-letters/retry": {
    body: ({ threadId }) => ({ deadLetterId: `events:${threadId}` }),
    isElsewhere: true,
    isNeverFound: true,
    onOthers: { admin: 404 },
  },
  "GET /api/settings": { isElsewhere: true },
  "PUT /api/settings": {
    body: () => ({ retention: { rawMailDays: null, closedBodiesDays: null }, revision: 9 }),
    ...GENERAL,
    isRefusedFirst: true, // nobody has seen that revision
    onOthers: { admin: 409 },
  },
  "POST /api/privacy/export": { body: () => ({ address: "nobody@example.com", dryRun: true }), ...GENERAL },
  "POST /api/privacy/erase": { body: () => ({ address: "nobody@example.com", dryRun: true }), ...GENERAL },
  "POST /api/privacy/erase/cancel": {
    body: ({ messageId }) => ({ erasureId: messageId }),
    isElsewhere: true,
    isNeverFound: true,
    onOthers: { admin: 404 },
  },
  "GET /api/privacy/erasures": { isElsewhere: true },
  "POST /api/team/remove": { body: byMember, isElsewhere: true },
  "POST /api/team/restore": { body: byMember, isElsewhere: true },
};

/** A person of the tests' team who may use the route. */
export const callerOf = (key: TeamRoute) => (ROUTES[key] === "admin" ? "maya" : "priya");

/** True if the route changes the ticket that it is asked about. */
export const changesTicket = (key: TeamRoute) => ROUTES[key] !== "viewer" && !SHAPES[key].isElsewhere;

/** True if the route is about one ticket, message or mail. */
export const isAimed = (key: TeamRoute) =>
  Boolean(SHAPES[key].params ?? SHAPES[key].query ?? SHAPES[key].body) && !SHAPES[key].isGeneral;

/** Possible statuses of a right request on the member's own ticket. */
export function rightStatuses(key: TeamRoute): number[] {
  const { isRefusedFirst, isNeverFound } = SHAPES[key];
  if (isRefusedFirst) return [isRefusedFirst === true ? 409 : isRefusedFirst];
  return isNeverFound ? [404] : [200, 202];
}

/** Routes that take a body, and those among them whose body names a ticket. */
export const WITH_BODY = VERBS.flatMap((key) => {
  const { body } = SHAPES[key];
  return body ? [{ key, body }] : [];
});
export const WITH_THREAD_IN_BODY = WITH_BODY.filter(({ body }) => "threadId" in body(MISSING));

/** Asks the route about what `ids` name; `query` follows its address. */
export function send(
  key: TeamRoute,
  headers: Record<string, string | undefined>,
  ids: Ids = MISSING,
  query = "",
): Promise<Answer> {
  const [method = "", path = ""] = key.split(" ");
  const { params, body, query: ownQuery } = SHAPES[key];
  const parameters = [new URLSearchParams(ownQuery?.(ids)).toString(), query.slice(1)].filter(Boolean);
  return call(handlerOf(key), `${path.replace(/[[\]]/g, "")}?${parameters.join("&")}`, {
    method,
    headers,
    body: body?.(ids),
    params: params?.(ids),
    isText: true,
  });
}
