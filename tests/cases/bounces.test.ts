import { describe, expect, test } from "vitest";
import { POST as postStatus } from "@/app/api/emails/status/route";
import { storedMessage } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";
import { demoIdentity } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";
import { answerTo, deskForFile, mail, type Received, type Sent } from "./case-desk";

const desk = await deskForFile();
const IDA = "Ida Brandt <ida@brandt.example>";
const WORDS = "550 5.1.1 <ida@brandt.example>: no mailbox of that name here";

/** Sets the status as a page does that shows all of the ticket. */
async function setStatus({ threadId }: Received, status: "waiting" | "resolved"): Promise<void> {
  const { lastMessageId } = await storedThread(threadId);
  const body = { threadId, status, lastSeenMessageId: lastMessageId };
  const answer = await post(postStatus, "/api/emails/status", body, demoIdentity.headersOf("priya"));
  expect(answer.status).toBe(200);
}

/** A ticket of Ida's that was answered twice, and then resolved or left waiting. Another one of hers was answered later. */
async function answeredTwice(status: "waiting" | "resolved") {
  const ticket = await desk.receives(mail({ From: IDA }));
  const first = await desk.answers(ticket);
  await desk.receives(mail({ From: IDA, ...answerTo(first.row) }, "And one more thing."));
  const reply = await desk.answers(ticket);
  await setStatus(ticket, status);
  await desk.answers(await desk.receives(mail({ From: IDA })));
  return { ticket, first, reply };
}

/** The report of a relay about a mail, whose head it returns with these fields. */
function report(returned: Record<string, string>): Buffer {
  const parts = [
    "Content-Type: text/plain; charset=us-ascii\r\n\r\nThis mail could not be handed on to:\r\nida@brandt.example",
    [
      "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; out-7.relay.example\r\n",
      "Final-Recipient: rfc822; ida@brandt.example\r\nAction: failed\r\nStatus: 5.1.1",
      `Diagnostic-Code: smtp; ${WORDS}`,
    ].join("\r\n"),
    [
      "Content-Type: message/rfc822\r\n",
      "From: Desk Support <help@claimdesk.example>\r\nTo: ida@brandt.example",
      ...Object.entries(returned).map(([name, value]) => `${name}: ${value}`),
      "\r\nDone.",
    ].join("\r\n"),
  ];
  const header = {
    From: "Mail relay <MAILER-DAEMON@out-7.relay.example>",
    "Return-Path": "<>",
    Subject: "Your mail was not delivered",
    "Content-Type": "multipart/report; report-type=delivery-status; boundary=edge",
    "Content-Transfer-Encoding": null,
  };
  return mail(header, [...parts.map((part) => `--edge\r\n${part}\r\n`), "--edge--"].join(""));
}

/** The facts that a team member sees of a reply that came back. */
async function expectCameBack({ ticket, reply }: { ticket: Received; reply: Sent }, bounce: Received) {
  expect(bounce.threadId).toBe(ticket.threadId);
  const { state, undelivered } = await storedMessage(reply.row._id);
  expect({ state, undelivered }).toMatchObject({
    state: "came_back",
    undelivered: [{ address: "ida@brandt.example", said: WORDS }],
  });
  const { ticket: shown, messages } = await desk.shows(ticket);
  expect(shown).toMatchObject({
    status: "open",
    assignedTo: "user_demo_priya",
    attention: { kind: "came_back", cause: "no_mailbox", messageId: bounce.message._id },
  });
  expect(messages.find(({ _id }) => _id === bounce.message._id)?.notice).toMatchObject({
    kind: "came_back",
    replyId: reply.row._id,
    recipients: [{ address: "ida@brandt.example", status: "5.1.1", detail: WORDS }],
    isProven: true,
  });
}

describe.each(["waiting", "resolved"] as const)("a report about a reply in a ticket that is %s", (status) => {
  test("finds the reply if the relay gave it a Message-ID of its own, so that ours stand in References alone", async () => {
    const { ticket, first, reply } = await answeredTwice(status);
    const bounce = await desk.receives(
      report({
        Subject: reply.subject,
        "Message-ID": "<0a1b2c3d-000000@out-7.relay.example>",
        References: reply.references.map((id) => `<${id.replace(/^<|>$/g, "")}>`).join(" "),
      }),
    );
    await expectCameBack({ ticket, reply }, bounce);
    expect(await storedMessage(first.row._id)).toMatchObject({ state: "sent" });
  });

  test("finds the reply by its Message-ID, and opens the ticket for its assignee with the relay's words", async () => {
    const { ticket, reply } = await answeredTwice(status);
    const bounce = await desk.receives(
      report({ Subject: reply.subject, "Message-ID": reply.row.rfcMessageId ?? "" }),
    );
    await expectCameBack({ ticket, reply }, bounce);
  });
});
