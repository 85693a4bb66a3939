import type { Notice, TicketMessage } from "@/lib/api/vocabulary";
import { mail } from "./conversations";

/** The address in reports, and the mail server's words about it. */
export const BOX = "accounts@kowalczyk.example";
export const WORDS = "550 5.1.1 <accounts@kowalczyk.example>: see https://evil.example/pay";

function noticeAbout({ _id: replyId }: TicketMessage, notice: Partial<Notice>): Notice {
  return {
    kind: "came_back",
    replyId,
    cause: "no_mailbox",
    recipients: [],
    detail: "",
    isProven: true,
    ...notice,
  };
}

/** A notice of the desk about a reply. */
export function row(about: TicketMessage, notice: Partial<Notice>): TicketMessage {
  return mail("", {
    direction: "notice",
    automatic: true,
    from: "",
    fromName: null,
    ledgerId: null,
    notice: noticeAbout(about, notice),
  });
}

/** A report about a reply that came by mail. */
export function report(about: TicketMessage, notice: Partial<Notice> = {}): TicketMessage {
  const recipients = [{ address: BOX, status: "5.1.1", detail: WORDS }];
  return mail("This mail could not be delivered: https://evil.example/help", {
    automatic: true,
    from: "mailer-daemon@kowalczyk.example",
    fromName: "Mail Delivery System",
    notice: noticeAbout(about, { recipients, ...notice }),
  });
}
