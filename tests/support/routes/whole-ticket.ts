import { createHash } from "node:crypto";
import type { TeamMember } from "@/lib/api/vocabulary";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { deliver, multipart, rawMail } from "@/tests/support/factories/inbound-mails";
import type { Ids } from "./route-shapes";

/** Stores a ticket of `assignee` with a formatted mail, a file and a refused reply: something for every route. */
export async function wholeTicket(assignee: Pick<TeamMember, "id" | "email" | "name">): Promise<Ids> {
  const { thread, threadId, message, row } = await deliver(
    rawMail(
      multipart(
        "mixed",
        "Content-Type: text/html\r\n\r\n<p>Hello</p>",
        "Content-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment\r\n\r\nfile",
      ),
    ),
  );
  const replyId = createHash("sha256").update(message._id).digest("hex");
  const { id, email, name } = assignee;
  await EmailMessage.create({
    ...message,
    ...{ _id: replyId, direction: "outbound", state: "failed", attempts: 1, html: null, ledgerId: null },
    ...{ authorId: id, authorEmail: email, authorName: name },
  });
  await EmailThread.updateOne(
    { _id: thread._id },
    { assignedTo: id, assignedToEmail: email, assignedToName: name, claimedAt: new Date() },
  );
  const memberId = `user_colleague_${threadId}`;
  await Member.create({
    ...{ _id: memberId, email: "colleague@team.example", name: "A Colleague", role: "member" },
    lastSeenAt: new Date(),
  });
  return { threadId, messageId: message._id, replyId, ledgerId: row._id, memberId, assigneeId: id };
}
