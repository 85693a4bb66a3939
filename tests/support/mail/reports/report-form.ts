import type { DeliveryCause } from "@/lib/api/vocabulary";
import type { DeliveryReport } from "@/lib/mail/parse";

/** Stands for the Message-ID of the reply that a report is about, with brackets. */
export const REPLY_ID = "<REPLY@desk.example>";

/** One way in which mail systems report, and the facts that it tells. */
export type ReportForm = {
  name: string;
  mail: string;
  outcome: DeliveryReport["outcome"];
  /** Addresses with their status. */
  recipients: [string, string | null][];
  cause: DeliveryCause;
  /** A piece of the server's own words. */
  detail: string;
  /** False if the form names no id of ours. */
  hasId?: boolean;
};

type Head = { from: string; subject: string; more?: string[] };

const DATE = "Date: Thu, 26 Nov 2026 09:12:44 +0100";

/** A mail of plain text; the machine's sender and subject before it. */
export function textReport({ from, subject, more = [] }: Head, body: string): string {
  const head = [
    `From: ${from}`,
    "To: support@desk.example",
    `Subject: ${subject}`,
    DATE,
    "Message-ID: <report-1@mx.relay.example>",
    ...(more.some((field) => /^content-type:/i.test(field))
      ? more
      : [...more, "Content-Type: text/plain; charset=utf-8"]),
  ];
  return `${head.join("\n")}\n\n${body}\n`;
}

/** A multipart mail, by default an RFC 3464 report. Each part brings its own header. */
export function partsReport({ from, subject, more = [] }: Head, parts: string[], type?: string): string {
  const kind = type ?? "multipart/report; report-type=delivery-status";
  const body = [...parts.map((part) => `--next\n${part}\n`), "--next--"].join("\n");
  return textReport({ from, subject, more: [...more, `Content-Type: ${kind}; boundary=next`] }, body);
}

export function textPart(text: string): string {
  return `Content-Type: text/plain; charset=utf-8\n\n${text}`;
}

/** A delivery status: the block about the mail, then one for each recipient. */
export function statusPart(...blocks: string[]): string {
  const whole = [
    "Reporting-MTA: dns; mx.relay.example\nArrival-Date: Thu, 26 Nov 2026 09:10:02 +0100",
    ...blocks,
  ];
  return `Content-Type: message/delivery-status\n\n${whole.join("\n\n")}\n`;
}

/** The header of the reply as a report returns it. */
export const RETURNED_HEADER = `Received: from out.desk.example (out.desk.example [192.0.2.10])
\tby mx.relay.example; Thu, 26 Nov 2026 09:10:02 +0100
From: Desk <support@desk.example>
To: ann@customer.example
Subject: Re: My invoice
Date: Thu, 26 Nov 2026 09:10:00 +0100
Message-ID: ${REPLY_ID}
In-Reply-To: <question-1@customer.example>
References: <question-1@customer.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8`;

export const RETURNED_BODY = `Hello Ann,

your invoice is attached. You do not need to resend anything.
Write to billing@desk.example with questions.`;

export const returnedMail = `Content-Type: message/rfc822\n\n${RETURNED_HEADER}\n\n${RETURNED_BODY}`;
export const returnedHeader = `Content-Type: text/rfc822-headers\n\n${RETURNED_HEADER}\n`;
