import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { History } from "@/tests/support/checks/history";
import { namedIn, readEvents } from "@/tests/support/network/live-events";
import { bearer } from "@/tests/support/desk/team-app";

export type Tally = { acknowledged: string[]; threadIds: string[]; serverErrors: number };
export type Storm = { stop: () => Promise<Tally> };

type Answer = { status: number; body: Record<string, unknown> };

const CLIENTS = 16;

/** Starts people who claim, unclaim and reply at random until stopped, and note every answer. */
export function startTicketStorm(urls: string[], tickets: string[], history: History): Storm {
  const tally: Tally = { acknowledged: [], threadIds: [], serverErrors: 0 };
  let stopping = false;
  const loops = Array.from({ length: CLIENTS }, async (_, index) => {
    const slug = `member_${String.fromCharCode(97 + index)}`;
    const authorization = bearer(slug);
    for (let turn = 0; !stopping; turn += 1) {
      const url = urls[(index + turn) % urls.length] ?? "";
      const key = tickets[Math.floor(Math.random() * tickets.length)] ?? "";
      const dice = Math.random();
      const who = `user_${slug}`;
      const client = `${slug}.${turn}`;
      const post = async (path: string, body: unknown) => {
        const answer = await ask(`${url}${path}`, authorization, body);
        if (answer.status === 500) tally.serverErrors += 1;
        return answer;
      };
      if (dice < 0.5) {
        await history.note({ client, key, op: "claim", arg: who }, async () =>
          outcome(await post("/api/emails/claim", { threadId: key }), "won"),
        );
      } else if (dice < 0.85) {
        await history.note({ client, key, op: "unclaim", arg: who }, async () =>
          outcome(await post("/api/emails/unclaim", { threadId: key, expectedAssignedTo: who }), "released"),
        );
      } else {
        await reply(url, key, who, client, authorization, history, post);
      }
      await wait(15 + Math.random() * 60);
    }
  });
  return { stop: async () => ((stopping = true), await Promise.all(loops), tally) };
}

async function reply(
  url: string,
  key: string,
  who: string,
  client: string,
  authorization: string,
  history: History,
  post: (path: string, body: unknown) => Promise<Answer>,
): Promise<void> {
  const seen = await ask(`${url}/api/emails/tickets/${key}`, authorization);
  const ticket = seen.body.ticket as { lastMessageId: string | null } | undefined;
  if (!ticket) return;
  const body = {
    threadId: key,
    text: `Reply ${client}`,
    idempotencyKey: client,
    lastSeenMessageId: ticket.lastMessageId,
  };
  const answer: { value: Answer | null } = { value: null };
  const before = history.operations.length;
  await history.note({ client, key, op: "reply", arg: who }, async () => {
    answer.value = await post("/api/emails/reply", body);
    return outcome(answer.value, "won");
  });
  // A reply that is held for a newer message tells nothing about the assignee, so it is no operation.
  if (answer.value?.body.reason === "newer_messages") {
    const index = history.operations.findIndex(
      (operation, at) => at >= before && operation.client === client,
    );
    if (index >= 0) history.operations.splice(index, 1);
  }
}

export type Windows = {
  /** For each window, the last time it was told of each ticket; "any" stands for all tickets. */
  stop: () => Promise<{ told: Map<string, number>; streams: number }[]>;
};

/** Opens a window at each app, which opens its stream again each time it ends. */
export function openWindows(urls: string[]): Windows {
  const stopped = new AbortController();
  const windows = urls.map((url, index) => {
    const told = new Map<string, number>();
    const window = { told, streams: 0 };
    const headers = { authorization: bearer(`window_${index}`) };
    const loop = (async () => {
      while (!stopped.signal.aborted) {
        try {
          const response = await fetch(`${url}/api/live`, { headers, signal: stopped.signal });
          if (response.status === 500) throw new Error("A stream was answered 500.");
          if (!response.ok || !response.body) continue;
          window.streams += 1;
          const events = readEvents(response.body);
          for (let event = await events.next(); event; event = await events.next()) {
            if (event.name === "hello") told.set("any", Date.now());
            for (const ticket of namedIn(event)) told.set(ticket, Date.now());
          }
        } catch (error) {
          if (!stopped.signal.aborted && !(error instanceof TypeError)) throw error; // a TypeError: the network
        } finally {
          if (!stopped.signal.aborted) await wait(300);
        }
      }
    })();
    return { window, loop };
  });
  return {
    stop: async () => {
      stopped.abort();
      return Promise.all(windows.map(async ({ window, loop }) => (await loop, window)));
    },
  };
}

/** Starts a customer who posts mails until stopped, or `count` of them, and retries each until it is taken. */
export function startMailStorm(urls: string[], { count = Infinity }: { count?: number } = {}): Storm {
  const tally: Tally = { acknowledged: [], threadIds: [], serverErrors: 0 };
  let stopping = false;
  const loop = (async () => {
    for (let turn = 0; turn < count && (count !== Infinity || !stopping); turn += 1) {
      const raw = `From: customer${turn}@example.com\r\nTo: support@desk.example\r\nSubject: Storm ${turn}\r\nMessage-ID: <${randomUUID()}@example.com>\r\n\r\nHello\r\n`;
      for (let attempt = 0; ; attempt += 1) {
        const answer = await postMail(urls[(turn + attempt) % urls.length] ?? "", raw);
        if (answer.status === 500) tally.serverErrors += 1;
        if (answer.status === 202) {
          tally.acknowledged.push(String(answer.body.ledgerId));
          if (answer.body.threadId) tally.threadIds.push(String(answer.body.threadId));
          break;
        }
        if (answer.status < 500) throw new Error(`A mail was answered ${answer.status}.`);
        await wait(200);
      }
      await wait(count === Infinity ? 120 : 0);
    }
  })();
  return { stop: async () => ((stopping = true), await loop, tally) };
}

/** The answer as the checker reads it; null if the outcome is unknown. */
function outcome({ status, body }: Answer, success: string): string | null {
  if (status === 200 || status === 202 || status === 502) return success;
  if (status === 503 || status === 500) return null;
  if (body.reason === "already_claimed") return `held:${String(body.assignedTo)}`;
  if (status === 403 || body.reason === "changed_meanwhile" || body.reason === "newer_messages")
    return "refused";
  throw new Error(`An unexpected answer: ${status} ${JSON.stringify(body)}`);
}

async function ask(url: string, authorization: string, body?: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function postMail(url: string, raw: string): Promise<Answer> {
  const response = await fetch(`${url}/api/emails/inbound`, {
    method: "POST",
    headers: { authorization: "Bearer inbound-secret-of-the-faults", "content-type": "message/rfc822" },
    body: raw,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
