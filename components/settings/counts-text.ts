import type { PrivacyCounts } from "@/lib/api/vocabulary";

/** "1 ticket, 2 messages, no files, 2 original mails". */
export function countsText({ tickets, messages, attachments, rawMails }: PrivacyCounts): string {
  return [
    plural(tickets, "ticket"),
    plural(messages, "message"),
    plural(attachments, "file"),
    plural(rawMails, "original mail"),
  ].join(", ");
}

function plural(count: number, word: string): string {
  if (count === 1) return `1 ${word}`;
  return `${count === 0 ? "no" : count} ${word}s`;
}

export function isNothing(counts: PrivacyCounts): boolean {
  return Object.values(counts).every((count) => count === 0);
}
