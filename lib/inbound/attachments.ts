import "server-only";
import type { Readable } from "node:stream";
import { EmailMessage, type StoredAttachment, type StoredMessage } from "@/models/EmailMessageModel";
import { openFile, storeFile } from "@/lib/store/file-store";
import type { MailAttachment } from "@/lib/mail/parse";

/** Stores the files of a mail one by one, and returns the entries for its message. */
export async function storeAttachments(files: MailAttachment[]): Promise<StoredAttachment[]> {
  const stored: StoredAttachment[] = [];
  for (const { filename, contentType, contentId, content } of files) {
    const fileId = await storeFile("attachments", content);
    stored.push({ filename, contentType, contentId, sizeBytes: content.length, fileId });
  }
  return stored;
}

type OpenAttachment = Pick<StoredAttachment, "filename" | "contentType" | "sizeBytes"> & {
  content: Readable;
};

/** One file of a message, by its index; null if there is none. */
export async function openAttachment(messageId: string, index: number): Promise<OpenAttachment | null> {
  const message = await EmailMessage.findById(messageId)
    .select("attachments")
    .lean<Pick<StoredMessage, "attachments">>();
  const attachment = message?.attachments?.[index];
  if (!attachment) return null;
  const { filename, contentType, sizeBytes, fileId } = attachment;
  return { filename, contentType, sizeBytes, content: openFile("attachments", fileId) };
}
