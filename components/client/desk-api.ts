import { z } from "zod";
import type {
  BulkItem,
  BulkRequest,
  BulkResponse,
  CardRequest,
  CardResponse,
  ClaimResponse,
  CountsResponse,
  DeadLettersResponse,
  DeclineRequest,
  DeliveryRequest,
  DeliveryResponse,
  DeskStatusResponse,
  ErasureResponse,
  ErasuresResponse,
  HistoryResponse,
  JobRequest,
  JobResponse,
  JobsResponse,
  LedgerResponse,
  LedgerSummaryResponse,
  MemberStandingResponse,
  MessageTextResponse,
  ParticipantsRequest,
  ParticipantsResponse,
  PreferencesRequest,
  PreferencesResponse,
  PrivacyCountsResponse,
  ReassignRequest,
  ReplyRequest,
  ReplyResponse,
  ResumeCardsResponse,
  RetryDeadLetterResponse,
  RetryMailResponse,
  SeenRequest,
  SettingsRequest,
  SettingsResponse,
  StatusRequest,
  SuggestionsResponse,
  TeamResponse,
  TicketDetailResponse,
  TicketListResponse,
  TicketResponse,
  UnclaimRequest,
  UnclaimResponse,
} from "@/lib/api/contracts";
import { MEMBER_HEADER } from "@/lib/api/contracts";
import { isDetailed, type DetailedRefusal } from "@/lib/api/refusals";
import { fail, ok, type Result } from "@/lib/result";
import { noteServerTime } from "@/components/ui/server-clock";

// The browser's side of the API: one function per endpoint, typed by the contracts of the routes.

/** `error` is the desk's sentence; the reason is "other" if screens show only that. */
type Refusal = DetailedRefusal | { reason: "other"; error: string };
/** `unreachable`: no answer from the desk, so that nobody knows whether the action was carried out. */
export type DeskFailure = ({ kind: "refused"; status: number } & Refusal) | { kind: "unreachable" };

/** Thrown by reads, for SWR. Verbs return their failure instead. */
export class DeskError extends Error {
  constructor(readonly failure: DeskFailure) {
    super(failure.kind === "refused" ? failure.error : "The desk can't be reached.");
    this.name = "DeskError";
  }
}

/** A key for one action of one person: however often the action is sent with it, it is carried out once. */
export function newActionKey(): string {
  // Not randomUUID: it needs a secure origin, and a desk may run on a plain address of a local network.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

type CallOptions = { key?: string; signal?: AbortSignal };
export type Answer<Value> = Promise<Result<Value, DeskFailure>>;
/** A request's body before the server has parsed it: ids are plain strings. */
type Sent<Request extends { threadId?: unknown; messageId?: unknown }> = {
  [Field in keyof Request]: Field extends "threadId" | "messageId" ? string : Request[Field];
};

export function claim(threadId: string, options: CallOptions): Answer<ClaimResponse> {
  return post("/api/emails/claim", { threadId }, options);
}

export function unclaim(body: Sent<UnclaimRequest>, options: CallOptions): Answer<UnclaimResponse> {
  return post("/api/emails/unclaim", body, options);
}

/** Gives the ticket to a member, if its assignee is still the expected one. */
export function reassign(body: Sent<ReassignRequest>, options: CallOptions): Answer<TicketResponse> {
  return post("/api/emails/reassign", body, options);
}

/** Gives a ticket back that somebody has given to the caller. */
export function decline(body: Sent<DeclineRequest>, options: CallOptions): Answer<TicketResponse> {
  return post("/api/emails/decline", body, options);
}

export function setStatus(body: Sent<StatusRequest>, options: CallOptions): Answer<TicketResponse> {
  return post("/api/emails/status", body, options);
}

/** Marks the ticket as seen, so that it needs no look any more. On an unassigned ticket this claims it. */
export function markSeen(body: Sent<SeenRequest>, options: CallOptions): Answer<TicketResponse> {
  return post("/api/emails/seen", body, options);
}

/** `key` is the reply's idempotency key: the same for the same text, until the desk has answered. */
export function reply(
  body: Omit<Sent<ReplyRequest>, "idempotencyKey">,
  options: CallOptions,
): Answer<ReplyResponse> {
  return post("/api/emails/reply", body, options);
}

export function changeParticipants(
  body: Sent<ParticipantsRequest>,
  options: CallOptions,
): Answer<ParticipantsResponse> {
  return post(PARTICIPANTS_PATH, body, options);
}

export function settleDelivery(body: Sent<DeliveryRequest>, options: CallOptions): Answer<DeliveryResponse> {
  return post("/api/emails/delivery", body, options);
}

export function requestCard(body: Sent<CardRequest>, options: CallOptions): Answer<CardResponse> {
  return post("/api/emails/card", body, options);
}

/** Asks Discord now whether it takes cards again. */
export function resumeCards(options: CallOptions): Answer<ResumeCardsResponse> {
  return post("/api/cards/resume", {}, options);
}

export function retryMail(ledgerId: string, options: CallOptions): Answer<RetryMailResponse> {
  return post(`/api/emails/inbound/${ledgerId}/retry`, {}, options);
}

export function saveSettings(body: SettingsRequest, options: CallOptions): Answer<SettingsResponse> {
  return post(SETTINGS_PATH, body, { ...options, method: "PUT" });
}

/** How much of the customer is stored. Changes nothing. */
export function countCustomer(address: string, options: CallOptions): Answer<PrivacyCountsResponse> {
  return post("/api/privacy/erase", { address, dryRun: true }, options);
}

/** `confirm` is the address as the person typed it again. */
export function eraseCustomer(
  { address, confirm }: { address: string; confirm: string },
  options: CallOptions,
): Answer<ErasureResponse> {
  return post("/api/privacy/erase", { address, confirm, dryRun: false }, options);
}

export function cancelErasure(erasureId: string, options: CallOptions): Answer<ErasureResponse> {
  return post("/api/privacy/erase/cancel", { erasureId }, options);
}

/** The customer's archive. It may be large, so it has no limit of time. */
export async function exportCustomer(address: string, signal: AbortSignal): Answer<Blob> {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ address, dryRun: false }),
    signal,
  };
  return send("/api/privacy/export", init, (response) => response.blob());
}

export function releaseTickets(memberId: string, options: CallOptions): Answer<JobResponse> {
  return post(`${TEAM_PATH}/release`, { memberId }, options);
}

export function removeMember(memberId: string, options: CallOptions): Answer<MemberStandingResponse> {
  return post(`${TEAM_PATH}/remove`, { memberId }, options);
}

export function restoreMember(memberId: string, options: CallOptions): Answer<MemberStandingResponse> {
  return post(`${TEAM_PATH}/restore`, { memberId }, options);
}

export function savePreferences(
  preferences: PreferencesRequest,
  options: CallOptions,
): Answer<PreferencesResponse> {
  return post(PREFERENCES_PATH, preferences, { ...options, method: "PUT" });
}

export function fetchPreferences(): Promise<PreferencesResponse> {
  return get(PREFERENCES_PATH);
}

export function retryDeadLetter(deadLetterId: string, options: CallOptions): Answer<RetryDeadLetterResponse> {
  return post(`${DEAD_LETTERS_PATH}/retry`, { deadLetterId }, options);
}

export type SentItem = Omit<BulkItem, "threadId"> & { threadId: string };
type WithSentItems<Request> = Request extends { items: unknown }
  ? Omit<Request, "items"> & { items: SentItem[] }
  : never;
/** One act on up to 100 tickets. */
export type SentBulk = WithSentItems<BulkRequest>;

/** The answer has an outcome for each ticket; those that were changed can be undone with the same `key`. */
export function bulk(body: SentBulk, options: CallOptions): Answer<BulkResponse> {
  return post("/api/emails/bulk", body, options);
}

type WithSentId<Request> = Request extends { jobId: unknown }
  ? Omit<Request, "jobId"> & { jobId: string }
  : Request;
/** One act on all tickets of a list, or the undo of such a job. */
export type SentJob = WithSentId<JobRequest>;

export function startJob(body: SentJob, options: CallOptions): Answer<JobResponse> {
  return post(JOBS_PATH, body, options);
}

export function cancelJob(jobId: string, options: CallOptions): Answer<JobResponse> {
  return post(`${JOBS_PATH}/cancel`, { jobId }, options);
}

export function fetchJobs(): Promise<JobsResponse> {
  return get(JOBS_PATH);
}

/** The job with all its problems; a list of jobs has the first of them. */
export function fetchJob(jobId: string): Promise<JobResponse> {
  return get(jobPath(jobId));
}

export const jobPath = (jobId: string) => `${JOBS_PATH}/${jobId}`;
export const JOBS_PATH = "/api/emails/bulk/jobs";
export const DEAD_LETTERS_PATH = "/api/dead-letters";
export const SETTINGS_PATH = "/api/settings";
export const ERASURES_PATH = "/api/privacy/erasures";
const PARTICIPANTS_PATH = "/api/emails/participants";
export const COUNTS_PATH = "/api/emails/tickets/counts";
export const TEAM_PATH = "/api/team";
export const PREFERENCES_PATH = `${TEAM_PATH}/preferences`;
export const LIVE_PATH = "/api/live";
export const DESK_STATUS_PATH = "/api/desk-status";
export const LEDGER_PATH = "/api/emails/ledger";
export const LEDGER_SUMMARY_PATH = `${LEDGER_PATH}/summary`;
export const ticketPath = (threadId: string) => `/api/emails/tickets/${threadId}`;

/** True for the key of a read whose answer changes when a ticket does. */
export const isTicketsKey = isKeyBelow("/api/emails/tickets");

/** True for the key of a read whose answer changes when a mail of the ledger does. */
export const isLedgerKey = isKeyBelow(LEDGER_PATH);

function isKeyBelow(start: string): (key: unknown) => boolean {
  return (key) => String(Array.isArray(key) ? key[0] : key).startsWith(start);
}

export function fetchDeskStatus(): Promise<DeskStatusResponse> {
  return get(DESK_STATUS_PATH);
}

export function fetchLedgerSummary(): Promise<LedgerSummaryResponse> {
  return get(LEDGER_SUMMARY_PATH);
}

/** `path` is the ledger's address with its filter. */
export function fetchLedger(path: string, cursor?: string): Promise<LedgerResponse> {
  return get(withCursor(path, cursor));
}

export function fetchTeam(): Promise<TeamResponse> {
  return get(TEAM_PATH);
}

export function fetchSettings(): Promise<SettingsResponse> {
  return get(SETTINGS_PATH);
}

export function fetchDeadLetters(): Promise<DeadLettersResponse> {
  return get(DEAD_LETTERS_PATH);
}

export function fetchErasures(): Promise<ErasuresResponse> {
  return get(ERASURES_PATH);
}

export function fetchCounts(): Promise<CountsResponse> {
  return get(COUNTS_PATH);
}

/** The newest part of the ticket's conversation, or the part before `cursor`. */
export function fetchTicket(threadId: string, cursor?: string): Promise<TicketDetailResponse> {
  return get(withCursor(ticketPath(threadId), cursor));
}

/** The ticket without its conversation: the part before everything. */
export function fetchTicketAlone(threadId: string): Promise<TicketDetailResponse> {
  return fetchTicket(threadId, `0-${"0".repeat(64)}-0`);
}

/** A page of the ticket's history, newest first: the lines before `cursor`. */
export function fetchHistory(threadId: string, cursor: string): Promise<HistoryResponse> {
  return get(withCursor(`${ticketPath(threadId)}/history`, cursor));
}

/** People to offer when somebody is added to the ticket. */
export function fetchSuggestions(threadId: string): Promise<SuggestionsResponse> {
  return get(`${PARTICIPANTS_PATH}?threadId=${threadId}`);
}

export function fetchMessageText(messageId: string): Promise<MessageTextResponse> {
  return get(`/api/emails/messages/${messageId}/text`);
}

/** `path` is the list's address with its filters, as `listPath` builds it. */
export function fetchTickets(path: string, cursor?: string): Promise<TicketListResponse> {
  return get(withCursor(path, cursor));
}

function withCursor(path: string, cursor: string | undefined): string {
  if (cursor === undefined) return path;
  return `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
}

const listeners = new Set<() => void>();

/** Calls `listener` whenever the desk answers something, a refusal too. Returns how to stop that. */
export function onAnswer(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Longest time one attempt may take, in milliseconds, if the caller sets no limit. A reply waits up to 8 s. */
const ATTEMPT_MAX_MS = 15_000;

async function post<Value>(
  path: string,
  body: object,
  { key, signal, method = "POST" }: CallOptions & { method?: "POST" | "PUT" },
): Answer<Value> {
  return call<Value>(path, {
    method,
    headers: { "content-type": "application/json", ...(key === undefined ? {} : { "idempotency-key": key }) },
    body: JSON.stringify(body),
    signal,
  });
}

async function get<Value>(path: string): Promise<Value> {
  const answer = await call<Value>(path, { method: "GET" });
  if (!answer.ok) throw new DeskError(answer.failure);
  return answer.value;
}

async function call<Value>(path: string, init: RequestInit): Answer<Value> {
  const limit = AbortSignal.timeout(ATTEMPT_MAX_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  // The contract of the route, which shares these types: a success has the body the caller names.
  return send(path, { ...init, signal }, (response) => response.json() as Promise<Value>);
}

/** The name of the page's `meta` element with the id of the member for whom the page was made. */
export const PAGE_MEMBER = "claimdesk-member";

/** Somebody else may sign in in this browser; the desk then refuses what this page asks for. */
function memberHeader(): Record<string, string> {
  const id = document.querySelector<HTMLMetaElement>(`meta[name="${PAGE_MEMBER}"]`)?.content;
  return id === undefined ? {} : { [MEMBER_HEADER]: id };
}

async function send<Value>(
  path: string,
  init: RequestInit,
  read: (response: Response) => Promise<Value>,
): Answer<Value> {
  let response: Response;
  let value: Value | undefined;
  let refusal: Refusal | null = null;
  try {
    const headers = { ...init.headers, ...memberHeader() };
    response = await fetch(path, { ...init, headers, credentials: "same-origin", cache: "no-store" });
    noteServerTime(Date.parse(response.headers.get("date") ?? ""));
    if (response.ok) value = await read(response);
    else refusal = refusalIn(await response.json());
  } catch {
    return fail({ kind: "unreachable" });
  }
  // 503 is the database away; an error that is no refusal of ours comes from a proxy in between.
  if (!response.ok && (!refusal || response.status === 503)) return fail({ kind: "unreachable" });
  for (const tell of listeners) tell();
  if (refusal) return fail({ kind: "refused", status: response.status, ...refusal });
  return ok(value as Value); // read above, since the response is a success
}

const AnyRefusal = z.looseObject({ error: z.string(), reason: z.string() });

function refusalIn(body: unknown): Refusal | null {
  const { data } = AnyRefusal.safeParse(body);
  if (!data) return null;
  // `respond` in lib/http/route.ts puts the facts of a reason, as `DetailedRefusal` types them, beside the reason.
  return isDetailed(data.reason)
    ? (data as unknown as DetailedRefusal)
    : { reason: "other", error: data.error };
}
