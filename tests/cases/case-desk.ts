import { expect } from "vitest";
import { POST as postMail } from "@/app/api/emails/inbound/route";
import { POST as postParticipants } from "@/app/api/emails/participants/route";
import { POST as postReply } from "@/app/api/emails/reply/route";
import { GET as getTicket } from "@/app/api/emails/tickets/[threadId]/route";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { Recipients } from "@/lib/api/vocabulary";
import { env } from "@/lib/env";
import { awaitTicket } from "@/lib/inbound/ingest";
import { addressKey } from "@/lib/mail/address";
import { onNudge } from "@/lib/process/nudge";
import type { StoredMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import type { CaughtMail } from "@/scripts/stand-ins/mail-catcher/server";
import { storedRow } from "@/tests/support/factories/inbound-mails";
import { deliverAll, storedMessage } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";
import { demoIdentity, setEnv } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

/** The desk's address in the cases. Its members write from the same domain. */
export const DESK = "help@claimdesk.example";

/** The endpoint itself waits for a shorter time, in milliseconds. */
const FILED_MS = 20_000;

let made = 0;

/** A raw mail to the desk in UTF-8. A header that is null is left out. */
export function mail(
  header: Record<string, string | null>,
  body = "Could you please look into this?",
): Buffer {
  made += 1;
  const fields = {
    To: DESK,
    Subject: `Case ${made}`,
    Date: "Thu, 26 Nov 2026 08:00:00 +0000",
    "Message-ID": `<case-${made}@senders.example>`,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    ...header,
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== null);
  return Buffer.from(`${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}\r\n`);
}

/** The header of a mail that answers `message`. */
export function answerTo({ rfcMessageId, references, subject }: StoredMessage) {
  return {
    "In-Reply-To": rfcMessageId,
    References: [...references, rfcMessageId].join("\r\n "),
    Subject: `Re: ${subject}`,
  };
}

export type Received = { threadId: string; thread: StoredThread; message: StoredMessage };
export type Sent = Pick<CaughtMail, "subject" | "inReplyTo" | "references" | "raw"> & {
  to: string[];
  cc: string[];
  row: StoredMessage;
};

/** A desk for one test file: mails come in by its raw endpoint, and go out to a real mail server. */
export async function deskForFile() {
  const catcher = await mailCatcherForFile();
  demoIdentity.use();
  setEnv({ SUPPORT_ADDRESS: DESK });
  const headers = demoIdentity.headersOf("priya");

  /** Posts a mail, and reads what was stored of it. */
  async function receives(raw: Buffer): Promise<Received> {
    const response = await postMail(
      new Request("http://localhost:3000/api/emails/inbound", {
        method: "POST",
        headers: { authorization: `Bearer ${env().INBOUND_SECRET}`, "content-type": "message/rfc822" },
        body: new Uint8Array(raw),
      }),
      { params: Promise.resolve({}) },
    );
    expect(response.status).toBe(202);
    const { ledgerId } = (await response.json()) as { ledgerId: string };
    const threadId = (await awaitTicket(ledgerId, FILED_MS)) ?? "";
    const { messageId } = await storedRow(ledgerId);
    return { threadId, thread: await storedThread(threadId), message: await storedMessage(messageId ?? "") };
  }

  /** The ticket as a page reads it. */
  async function shows({ threadId }: { threadId: string }): Promise<TicketDetailResponse> {
    const answer = await call(getTicket, `/api/emails/tickets/${threadId}`, {
      headers,
      params: { threadId },
    });
    expect(answer.status).toBe(200);
    return answer.body as unknown as TicketDetailResponse;
  }

  /** Asks for a reply, and delivers what is accepted. */
  async function sends(body: Record<string, unknown>) {
    const deliveries: Promise<void>[] = [];
    const stop = onNudge("deliver", () => void deliveries.push(deliverAll()));
    const answer = await post(postReply, "/api/emails/reply", { text: "Done.", ...body }, headers);
    stop();
    await Promise.all(deliveries);
    return answer;
  }

  /**
   * Replies as a page does: with the recipients that it shows, or with `chosen`. Returns the mail that was sent, which
   * went to exactly these.
   */
  async function answers(ticket: { threadId: string }, chosen: Partial<Recipients> = {}): Promise<Sent> {
    const { ticket: shown, recipients, recipientsRevision } = await shows(ticket);
    const lists = { ...recipients, ...chosen };
    const lastSeenMessageId = shown.lastMessageId;
    const answer = await sends({ threadId: shown._id, lastSeenMessageId, recipientsRevision, ...lists });
    expect(answer.body).toMatchObject({ success: true });
    return caught(String(answer.body?.messageId), lists);
  }

  /** Changes who is in the ticket. */
  function changes({ threadId }: { threadId: string }, change: Record<string, unknown>) {
    return post(postParticipants, "/api/emails/participants", { threadId, ...change }, headers);
  }

  async function caught(messageId: string, lists: Recipients): Promise<Sent> {
    const row = await storedMessage(messageId);
    expect(row).toMatchObject({ ...lists, state: "sent" });
    const copies = catcher.mails().filter((one) => one.messageId === row.rfcMessageId);
    expect(copies).toHaveLength(1);
    const [one] = copies;
    if (!one) throw new Error("The reply was not caught.");
    const sent = { ...one, to: addressesIn(one.raw, "To"), cc: addressesIn(one.raw, "Cc"), row };
    expect(keys(one.envelopeTo).toSorted()).toEqual(keys([...lists.to, ...lists.cc]).toSorted());
    expect({ to: keys(sent.to), cc: keys(sent.cc) }).toEqual({ to: keys(lists.to), cc: keys(lists.cc) });
    expect(addressesIn(one.raw, "Bcc")).toEqual([]);
    return sent;
  }

  /** How many mails have left the desk, after it has sent all that is due. */
  async function mailsOut(): Promise<number> {
    await deliverAll();
    return catcher.mails().length;
  }

  return { receives, shows, sends, answers, changes, mailsOut };
}

const keys = (addresses: string[]) => addresses.map(addressKey);

/** A field of a raw mail's head on one line; "" if it has none. */
function fieldOf(raw: string, name: string): string {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
  const text = Buffer.from(head, "latin1").toString();
  return new RegExp(`^${name}: (.*)$`, "im").exec(text)?.[1] ?? "";
}

/** The addresses of a field that has no display names. */
function addressesIn(raw: string, name: string): string[] {
  return fieldOf(raw, name)
    .split(/,\s*/)
    .map((address) => address.replace(/^<|>$/g, ""))
    .filter((address) => address !== "");
}
