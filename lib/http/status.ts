import "server-only";
import type { RefusalReason } from "@/lib/api/refusals";

/** The status of every reason; a reason without one does not compile. */
export const STATUS_OF: Record<RefusalReason, number> = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_on_team: 403,
  cross_origin: 403,
  not_assignee: 403,
  removed_meanwhile: 403,
  not_found: 404,
  no_such_member: 404,
  method_not_allowed: 405,
  too_slow: 408,
  already_claimed: 409,
  changed_meanwhile: 409,
  newer_messages: 409,
  key_reused: 409,
  delivery_settled: 409,
  cards_off: 409,
  cards_paused: 409,
  nothing_to_retry: 409,
  mail_too_large: 409,
  own_removal: 409,
  too_large: 413,
  unsupported_media_type: 415,
  no_recipient: 422,
  too_many_requests: 429,
  internal_error: 500,
  delivery_failed: 502,
  unavailable: 503,
};
