import type { StoredMessage } from "@/models/EmailMessageModel";

export type ReportParts = {
  /** The reply whose Message-ID it names; null names none. */
  about: Pick<StoredMessage, "rfcMessageId"> | null;
  recipients: string[];
  outcome?: "failed" | "delayed" | "delivered";
  status?: string;
  /** The server's words. */
  words?: string;
  header?: Record<string, string>;
};

const STATUS = { failed: "5.1.1", delayed: "4.4.1", delivered: "2.0.0" };
const SUBJECT = {
  failed: "Undelivered Mail Returned to Sender",
  delayed: "Delayed Mail (still being retried)",
  delivered: "Successful Mail Delivery Report",
};

let made = 0;

/** The raw report of a mail server about a delivery, in the form of RFC 3464, different each time. */
export function rawReport({
  about,
  recipients,
  outcome = "failed",
  status = STATUS[outcome],
  words = "550 5.1.1 nobody of that name",
  header = {},
}: ReportParts): Buffer {
  made += 1;
  const head = {
    From: "Mail Delivery System <MAILER-DAEMON@mx.relay.example>",
    To: "support@desk.example",
    Subject: SUBJECT[outcome],
    Date: "Mon, 23 Nov 2026 10:00:00 +0000",
    "Message-ID": `<report-${made}@mx.relay.example>`,
    "Auto-Submitted": "auto-replied",
    "Content-Type": "multipart/report; report-type=delivery-status; boundary=edge",
    ...header,
  };
  const each = recipients.map((address) =>
    [
      `Final-Recipient: rfc822; ${address}`,
      `Action: ${outcome}`,
      `Status: ${status}`,
      `Diagnostic-Code: smtp; ${words}`,
    ].join("\r\n"),
  );
  const parts = [
    "Content-Type: text/plain; charset=utf-8\r\n\r\nThis is the mail system at host mx.relay.example.",
    `Content-Type: message/delivery-status\r\n\r\n${["Reporting-MTA: dns; mx.relay.example", ...each].join("\r\n\r\n")}`,
    ...(about
      ? [
          `Content-Type: text/rfc822-headers\r\n\r\nSubject: Re: Question\r\nMessage-ID: ${about.rfcMessageId}`,
        ]
      : []),
  ];
  const fields = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  const body = parts.map((part) => `--edge\r\n${part}\r\n\r\n`).join("");
  return Buffer.from(`${fields.join("")}\r\n${body}--edge--\r\n`);
}
