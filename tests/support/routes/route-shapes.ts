import type { TeamRoute } from "@/lib/auth/access";
import type { Role } from "@/lib/api/vocabulary";
import { call, type Answer } from "./requests";
import { FOUND_ROUTES } from "./route-table";

export type Ids = { threadId: string; messageId: string; replyId: string; ledgerId: string };
export const MISSING: Ids = {
  threadId: "f".repeat(24),
  messageId: "f".repeat(64),
  replyId: "f".repeat(64),
  ledgerId: "f".repeat(64),
};
export const MALFORMED: Ids = { threadId: "$ne", messageId: "..", replyId: "..", ledgerId: "%00" };

/** How a route is pointed at something; a list is not. */
type Aim = { params?: (ids: Ids) => Record<string, string>; body?: (ids: Ids) => unknown };
/** Where even one's own gives 409, since there is nothing to do. */
type Own = { isRefusedFirst?: true };
/** What becomes of a right request on somebody else's ticket. On one's own, and on a free one, it is carried out. */
type Shape = Aim & Own & { onOthers?: Partial<Record<Role, number>> };

export const list: Shape = {};
const byThread = ({ threadId }: Ids) => ({ threadId });
const byMessage = ({ messageId }: Ids) => ({ messageId });
const byLedger = ({ ledgerId }: Ids) => ({ ledgerId });
const TAKEN = { member: 409, admin: 409 };

export const SHAPES: Record<TeamRoute, Shape> = {
  "GET /api/emails/tickets": list,
  "GET /api/emails/tickets/mine": list,
  "GET /api/emails/tickets/unassigned": list,
  "GET /api/emails/tickets/counts": list,
  "GET /api/team": list,
  "GET /api/desk-status": list,
  "GET /api/live": list,
  "GET /api/emails/ledger": list,
  "GET /api/emails/ledger/summary": list,
  "GET /api/emails/tickets/[threadId]": { params: byThread },
  "GET /api/emails/messages/[messageId]/formatted": { params: byMessage },
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
  "POST /api/emails/status": {
    body: (ids) => ({ ...byThread(ids), status: "waiting" }),
    onOthers: TAKEN,
  },
  "POST /api/emails/reply": {
    body: (ids) => ({ ...byThread(ids), text: "Hello", lastSeenMessageId: ids.messageId }),
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
};

/** Asks the route named `key` about what `ids` name; `query` follows its address. */
export function send(key: string, headers: Record<string, string>, ids: Ids, query = ""): Promise<Answer> {
  const [method = "", path = ""] = key.split(" ");
  const { params, body } = SHAPES[key as TeamRoute]; // every caller walks the table
  const handler = FOUND_ROUTES.find((route) => route.key === key)?.handler;
  if (!handler) throw new Error(`${key} has no file`);
  return call(handler, path.replace(/[[\]]/g, "") + query, {
    method,
    headers,
    body: body?.(ids),
    params: params?.(ids),
    isText: true,
  });
}
