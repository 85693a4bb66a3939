import "server-only";
import type { PrivacyCounts } from "@/lib/api/vocabulary";
import { isOwn, mailsOf, messagesOf, rowsOfMessages, threadsOf, type Customer } from "./customer";

const BATCH = 500;

/**
 * How much of the customer is stored, up to `before`: tickets that name the customer, the customer's own messages with
 * their files, and mails kept as they arrived. Reads no texts.
 */
export async function countCustomer(customer: Customer, before = new Date()): Promise<PrivacyCounts> {
  const tickets = new Set<string>();
  const mails = new Set<string>();
  let messages = 0;
  let attachments = 0;
  let batch: Parameters<typeof rowsOfMessages>[0] = [];
  const countRows = async () => {
    for (const { _id, rawRemovedAt } of await rowsOfMessages(batch)) if (!rawRemovedAt) mails.add(_id);
    batch = [];
  };

  for await (const message of messagesOf(customer, { before })) {
    tickets.add(message.threadId.toHexString());
    if (!isOwn(customer, message)) continue;
    messages += 1;
    attachments += message.attachments.length;
    batch.push(message);
    if (batch.length === BATCH) await countRows();
  }
  await countRows();
  for await (const thread of threadsOf(customer, { before })) tickets.add(thread._id.toHexString());
  for await (const { _id, messageId, rawRemovedAt } of mailsOf(customer, { before })) {
    if (!messageId && !rawRemovedAt) mails.add(_id);
  }
  return { tickets: tickets.size, messages, attachments, rawMails: mails.size };
}
