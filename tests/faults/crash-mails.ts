import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { StoredMessage } from "@/models/EmailMessageModel";
import { rawReport } from "@/tests/support/mail/delivery-reports";

/** Where no mailbox is. */
export const UNREACHABLE = "gone.example";

export type OutgoingMail = {
  raw: Buffer;
  from: string;
  messageId: string;
  /** sha256 of each attachment, in their order. */
  attachments: string[];
};

let made = 0;

/** A customer's mail, different each time, with attachments of these sizes in bytes. */
export function customerMail(...attachmentSizes: number[]): OutgoingMail {
  return mailFrom("customers.example", attachmentSizes);
}

/** The mail of a customer whom no reply reaches. */
export function unreachableMail(): OutgoingMail {
  return mailFrom(UNREACHABLE, []);
}

/** A mail server's report that a reply came back. */
export function reportMail(reply: Pick<StoredMessage, "rfcMessageId" | "to">): OutgoingMail {
  const messageId = `<${randomUUID()}@mx.relay.example>`;
  const raw = rawReport({ about: reply, recipients: reply.to, header: { "Message-ID": messageId } });
  return { raw, from: "", messageId, attachments: [] };
}

function mailFrom(host: string, attachmentSizes: number[]): OutgoingMail {
  made += 1;
  const [from, messageId] = [`customer${made}@${host}`, `<${randomUUID()}@${host}>`];
  const files = attachmentSizes.map((size) => randomBytes(size));
  const head = [
    `From: Customer ${made} <${from}>`,
    "To: support@desk.example",
    `Subject: Question ${made}`,
    `Message-ID: ${messageId}`,
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=edge",
  ];
  const parts = [
    `Content-Type: text/plain; charset=utf-8\r\n\r\nHello, this is question ${made}.`,
    ...files.map(
      (file, index) =>
        `Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=file${index}.bin\r\n` +
        `Content-Transfer-Encoding: base64\r\n\r\n${file.toString("base64").replace(/.{76}/g, "$&\r\n")}`,
    ),
  ];
  const body = parts.map((part) => `--edge\r\n${part}\r\n`).join("");
  return {
    raw: Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}--edge--\r\n`),
    from,
    messageId,
    attachments: files.map(sha256),
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
