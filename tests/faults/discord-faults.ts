import type { Fault } from "@/scripts/stand-ins/discord/faults";

/** A misbehaviour of Discord at one request, and the state of the card after Discord is well again. */
export type DiscordFault = {
  discord: string;
  /** The first post of the card, or its first edit. */
  on: "POST" | "PATCH";
  meets: Fault | "nobody_listens" | "message_deleted" | "webhook_deleted";
  times?: number;
  /** Discord says the same when it is asked about the webhook. */
  isConfirmed?: true;
  /** "paused": nothing is sent for an hour; then Discord is asked, and if it knows the webhook, the card is right. */
  ends: "live" | "gone" | "dead" | "paused";
  /** The most messages of the ticket in the channel at the end. */
  messagesMax: number;
};

const METHODS = ["POST", "PATCH"] as const;

/** A fault after which nobody can know whether the post arrived. If it did, the channel has one message more. */
function unclear(discord: string, meets: Fault, isDone: boolean): DiscordFault[] {
  return METHODS.map((on) => ({
    discord,
    on,
    meets,
    ends: "live",
    messagesMax: on === "POST" && isDone ? 2 : 1,
  }));
}

const AGAIN = [
  [500, "before"],
  [500, "after"],
  [502, "before"],
  [502, "after"],
  [503, "before"],
  [503, "after"],
] as const;

const unclearFaults = [
  ...AGAIN.flatMap(([status, when]) =>
    unclear(
      `answers with a page of ${status} ${when} doing it`,
      { kind: "status", status, when },
      when === "after",
    ),
  ),
  ...unclear("accepts and never answers", { kind: "hang", when: "before" }, false),
  ...unclear("does it and never answers", { kind: "hang", when: "after" }, true),
  ...unclear("resets the connection", { kind: "reset", when: "before" }, false),
  ...unclear("does it and resets the connection", { kind: "reset", when: "after" }, true),
  ...unclear("does it and answers 200 with half a JSON", { kind: "truncated" }, true),
  ...unclear("does it and drips its answer for too long", { kind: "drip", ms: 50 }, true),
  ...unclear("does it late, on top of what came after", { kind: "lands_late" }, true),
  ...unclear("does it 20 s late", { kind: "lands_late", afterMs: 20_000 }, true),
  ...unclear("does it 2 minutes late", { kind: "lands_late", afterMs: 120_000 }, true),
];

/** A fault whose answer means that nothing was done. */
function notDone(
  discord: string,
  meets: DiscordFault["meets"],
  on = [...METHODS],
  times?: number,
): DiscordFault[] {
  return on.map((method) => ({ discord, on: method, meets, times, ends: "live", messagesMax: 1 }));
}

const DISCORDS_CODES = [
  [401, 50027],
  [403, 50013],
  [404, 10015],
] as const;

const clear = [
  ...notDone("refuses connections", "nobody_listens"),
  ...notDone("answers 429 without a time", { kind: "turned_away", as: "json" }),
  ...notDone("answers 429 with Cloudflare's page 1015", { kind: "turned_away", as: "html" }),
  ...notDone("asks to wait 3.5 s", { kind: "rate_limited", retryAfterSeconds: 3.5, scope: "user" }),
  ...notDone("asks to wait 40 s in the channel", {
    kind: "rate_limited",
    retryAfterSeconds: 40,
    scope: "shared",
  }),
  ...notDone("asks to wait 20 s everywhere", {
    kind: "rate_limited",
    retryAfterSeconds: 20,
    scope: "global",
  }),
  ...notDone(
    "asks to wait 9 s before edits of old messages",
    { kind: "rate_limited", retryAfterSeconds: 9, scope: "shared", code: 30046 },
    ["PATCH"],
  ),
  ...notDone("answers 404 once without a reason", { kind: "error", status: 404 }),
  ...notDone(
    "answers 404 again and again without a reason, but knows the webhook",
    { kind: "error", status: 404 },
    [...METHODS],
    4,
  ),
  ...[401, 403].flatMap((status) =>
    notDone(`is hidden by a proxy's page of ${status}`, { kind: "error", status }),
  ),
  ...notDone("is hidden by a proxy's JSON of 403", {
    kind: "foreign",
    status: 403,
    body: { code: 403, message: "Blocked by policy" },
  }),
  ...DISCORDS_CODES.flatMap(([status, code]) =>
    notDone(`refuses the webhook once (${status}, ${code}), but knows it`, { kind: "error", status, code }),
  ),
  ...notDone("finds fault with the text (50035)", {
    kind: "error",
    status: 400,
    code: 50035,
    errors: { content: { _errors: [{ code: "BASE_TYPE_BAD_LENGTH", message: "too long" }] } },
  }),
];

const final: DiscordFault[] = [
  ...METHODS.flatMap((on): DiscordFault[] => [
    ...DISCORDS_CODES.map(([status, code]): DiscordFault => ({
      discord: `refuses the webhook (${status}, ${code}), also when it is asked about it`,
      on,
      meets: { kind: "error", status, code },
      isConfirmed: true,
      ends: "paused",
      messagesMax: 1,
    })),
    {
      discord: "has lost the webhook for good",
      on,
      meets: "webhook_deleted",
      ends: "paused",
      messagesMax: 1,
    },
    {
      discord: "refuses the card even without the customer's words",
      on,
      meets: { kind: "error", status: 400, code: 50035 },
      times: 9,
      ends: "dead",
      messagesMax: 1,
    },
  ]),
  {
    discord: "has lost the message (404, 10008)",
    on: "PATCH",
    meets: "message_deleted",
    ends: "gone",
    messagesMax: 0,
  },
  {
    discord: "answers every post with a page of 500 after doing it",
    on: "POST",
    meets: { kind: "status", status: 500, when: "after" },
    times: 9,
    ends: "dead",
    messagesMax: 3,
  },
];

export const DISCORD_FAULTS = [...clear, ...unclearFaults, ...final];
