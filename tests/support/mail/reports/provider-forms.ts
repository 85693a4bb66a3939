import {
  partsReport,
  REPLY_ID,
  RETURNED_BODY,
  RETURNED_HEADER,
  returnedHeader,
  returnedMail,
  statusPart,
  textPart,
  textReport,
  type ReportForm,
} from "./report-form";

const OF_ANN = "Final-Recipient: rfc822;ann@customer.example";
const NULL = "Return-Path: <>";

/** Reports as the large providers write them. */
export const PROVIDER_FORMS: ReportForm[] = [
  {
    name: "Office 365, address not found",
    mail: partsReport(
      {
        from: "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@customer.example>",
        subject: "Undeliverable: Re: My invoice",
      },
      [
        `Content-Type: text/html; charset=utf-8\n\n<html><body><h2>Your message to ann@customer.example couldn't be delivered.</h2><p>ann wasn't found at customer.example.</p><p><b>Diagnostic information for administrators:</b></p><p>Generating server: EX12.prod.exchange.example</p><p>ann@customer.example<br>Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'</p></body></html>`,
        statusPart(
          `${OF_ANN}\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by\n SMTP address lookup`,
        ),
        returnedHeader,
      ],
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.10"]],
    cause: "no_mailbox",
    detail: "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
  },
  {
    name: "Exchange, as HTML alone",
    mail: textReport(
      {
        from: "postmaster@customer.example",
        subject: "Undeliverable: Re: My invoice",
        more: ["Content-Type: text/html; charset=utf-8"],
      },
      `<html><body><p><b>Delivery has failed to these recipients or groups:</b></p>
<p><a href="mailto:ann@customer.example">ann@customer.example</a></p>
<p>Your message wasn't delivered because of security policies.</p>
<hr><p><b>Diagnostic information for administrators:</b></p>
<p>Generating server: ex3.customer.example</p>
<p>ann@customer.example<br>#550 5.7.1 TRANSPORT.RULES.RejectMessage; not wanted here ##</p>
<p>Original message headers:</p>
<pre>Received: from out.desk.example by ex3.customer.example<br>From: support@desk.example<br>Message-ID: &lt;REPLY@desk.example&gt;</pre></body></html>`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.7.1"]],
    cause: "blocked",
    detail: "550 5.7.1 TRANSPORT.RULES.RejectMessage; not wanted here",
  },
  {
    name: "Exchange, a delay",
    mail: partsReport({ from: "postmaster@customer.example", subject: "Delivery delayed: Re: My invoice" }, [
      textPart(`Delivery is delayed to these recipients or groups:

ann@customer.example

This message hasn't been delivered yet. Delivery will continue to be attempted.
The server will keep trying to deliver this message for the next 1 days, 19 hours.`),
      statusPart(
        `${OF_ANN}\nAction: delayed\nStatus: 4.4.7\nWill-Retry-Until: Fri, 27 Nov 2026 23:10:02 +0100`,
      ),
      returnedHeader,
    ]),
    outcome: "delayed",
    recipients: [["ann@customer.example", "4.4.7"]],
    cause: "unreachable",
    detail: "delivered yet",
  },
  {
    name: "Gmail, address not found",
    mail: partsReport(
      {
        from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject: "Delivery Status Notification (Failure)",
        more: [
          "X-Failed-Recipients: ann@customer.example",
          "Auto-Submitted: auto-replied",
          `In-Reply-To: ${REPLY_ID}`,
        ],
      },
      [
        textPart(`** Address not found **

Your message didn't get to ann@customer.example: that address is unknown, or takes no mail.

The response from the remote server was:
550 5.1.1 Nobody lives at this address.`),
        statusPart(
          `${OF_ANN}\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.customer.example. (192.0.2.7, the server for the domain.)\nDiagnostic-Code: smtp; 550-5.1.1 Nobody lives at\n 550 5.1.1 this address.`,
        ),
        returnedMail,
      ],
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "550-5.1.1 Nobody lives at",
  },
  {
    name: "Gmail, message blocked, as text",
    mail: textReport(
      {
        from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject: "Delivery Status Notification (Failure)",
        more: [`References: <question-1@customer.example> ${REPLY_ID}`],
      },
      `** Message blocked **

Your message to ann@customer.example has been blocked. See below for the technical details.

The response was:

550-5.7.26 This mail has no proof of its sender.
550 5.7.26 Set up SPF or DKIM.`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.7.26"]],
    cause: "blocked",
    detail: "550 5.7.26 This mail has no proof of its sender. Set up SPF or DKIM.",
  },
  {
    name: "Gmail, a delay",
    mail: textReport(
      {
        from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject: "Delivery Status Notification (Delay)",
        more: [`In-Reply-To: ${REPLY_ID}`],
      },
      `** Delivery incomplete **

There was a temporary problem while delivering your message to ann@customer.example. Delivery will be retried for 45 more hours. You'll be notified if it fails permanently.

The response was:

The recipient server did not accept our requests to connect. [mx.customer.example 192.0.2.7: timed out]`,
    ),
    outcome: "delayed",
    recipients: [["ann@customer.example", null]],
    cause: "unreachable",
    detail: "did not accept our requests to connect",
  },
  {
    name: "Yahoo",
    mail: textReport(
      { from: "MAILER-DAEMON@yahoo.example", subject: "Failure Notice", more: [NULL] },
      `Sorry, we were unable to deliver your message to the following address.

<ann@customer.example>:
552: 5.2.2 The account's storage is over quota

--- Below this line is a copy of the message.

${RETURNED_HEADER}

${RETURNED_BODY}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.2.2"]],
    cause: "mailbox_full",
    detail: "5.2.2 The account's storage is over quota",
  },
  {
    name: "GMX",
    mail: textReport(
      {
        from: '"GMX Mailer Daemon" <mailer-daemon@gmx.example>',
        subject: "Mail delivery failed: returning message to sender",
      },
      `This message was created automatically by mail delivery software.

The message that you sent reached none of these recipients, for good:

ann@customer.example:
SMTP error from remote server for RCPT TO command, host: mx.customer.example (192.0.2.7) reason: 550 Requested action not taken: mailbox unavailable

--- The header of the original message is following. ---

${RETURNED_HEADER}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "no_mailbox",
    detail: "reason: 550 Requested action not taken: mailbox unavailable",
  },
  {
    name: "mail.ru",
    mail: textReport(
      {
        from: "mailer-daemon@corp.mail.example",
        subject: "Mail failure.",
        more: ["X-Failed-Recipients: ann@customer.example"],
      },
      `This message was created automatically by the mail.ru system.
Your letter was not delivered to these people:

ann@customer.example
user not found

************************
Это письмо создано автоматически. Ваше письмо не может быть доставлено.

------ This is a copy of the message's headers. ------

${RETURNED_HEADER}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "no_mailbox",
    detail: "user not found",
  },
  {
    name: "Zoho",
    mail: textReport(
      { from: "mailer-daemon@mail.zoho.example", subject: "Undelivered Mail Returned to Sender" },
      `This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients.

ann@customer.example, ERROR CODE :550 - 5.1.1 nobody of that name

Received:from out.desk.example by mx.zoho.example
From:support@desk.example
Message-ID:${REPLY_ID}
Subject:Re: My invoice`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "5.1.1 nobody of that name",
  },
  {
    name: "Amazon WorkMail",
    mail: textReport(
      {
        from: "MAILER-DAEMON@eu-west-1.relay.example",
        subject: "Delivery Status Notification (Failure)",
        more: [`X-Original-Message-ID: ${REPLY_ID}`],
      },
      `An error occurred while trying to deliver the mail to the following recipients:
ann@customer.example

Technical report:
 smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes. <421 4.4.0 Unable to lookup DNS for customer.example>`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "4.4.7"]],
    cause: "unreachable",
    detail: "550 4.4.7 Message expired",
  },
  {
    name: "SES, without words of its own",
    mail: partsReport(
      { from: "MAILER-DAEMON@eu-west-1.relay.example", subject: "Delivery Status Notification (Failure)" },
      [
        textPart(
          "An error occurred while trying to deliver the mail to the following recipients:\nann@customer.example",
        ),
        statusPart(
          "Action: failed\nFinal-Recipient: rfc822; ann@customer.example\nDiagnostic-Code: smtp; 550 5.1.1 nobody of that name\nStatus: 5.1.1",
        ),
        `Content-Type: message/rfc822\n\nMessage-ID: <0102-9@relay.example>\nX-Original-Message-ID: ${REPLY_ID}\nFrom: support@desk.example\n\nHello`,
      ],
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "550 5.1.1 nobody of that name",
  },
  {
    name: "Mimecast",
    mail: textReport(
      {
        from: '"Mail Delivery" <postmaster@gateway.example>',
        subject: "[Postmaster] Email Delivery Failure",
      },
      `This is a delivery failure notification message indicating that
an email you addressed to email address :
-- ann@customer.example

could not be delivered. The problem appears to be :
-- Recipient email server rejected the message

Additional information follows :
-- 5.4.1 Recipient address rejected: Access denied

This condition occurred after 1 attempt(s) to deliver over
a period of 0 hour(s). Original message id: ${REPLY_ID}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.4.1"]],
    cause: "no_mailbox",
    detail: "5.4.1 Recipient address rejected: Access denied",
  },
  {
    name: "Symantec",
    mail: textReport(
      { from: "MAILER-DAEMON@cluster.gateway.example", subject: "Mail Delivery Failure" },
      `This is the Email Security service.

I have tried to deliver your mail, with no luck so far, and will not try again.

Recipient: ann@customer.example
Response: 550 5.3.4 Message too large for its mailbox

Message-ID: ${REPLY_ID}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.3.4"]],
    cause: "too_large",
    detail: "550 5.3.4 Message too large for its mailbox",
  },
  {
    name: "Proofpoint",
    mail: textReport(
      {
        from: "Mail Delivery Subsystem <MAILER-DAEMON@gateway.example>",
        subject: "Returned mail: see transcript for details",
      },
      `   ----- The following addresses had permanent fatal errors -----
<ann@customer.example>
    (reason: 554 Blocked - see our list of senders)

   ----- Transcript of session follows -----
554 5.0.0 Service unavailable

Message-ID: ${REPLY_ID}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "blocked",
    detail: "554 Blocked - see our list of senders",
  },
  {
    name: "IBM",
    mail: textReport(
      { from: "MAILER-DAEMON@mail.ibm.example", subject: "Undeliverable Mail" },
      `The following message was undeliverable to these recipients:

Recipient address: ann@customer.example
Reason: Mailbox is full

The message id was ${REPLY_ID}.`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "mailbox_full",
    detail: "Mailbox is full",
  },
  {
    name: "a machine without a name that returns the mail",
    mail: textReport(
      { from: "<>", subject: "Undeliverable: Re: My invoice", more: [NULL] },
      `No mailbox here by that name: ann@customer.example. Your message was not delivered.

${RETURNED_HEADER}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "no_mailbox",
    detail: "No mailbox here by that name",
  },
  {
    name: "a report that names no mail of ours",
    mail: textReport(
      { from: "MAILER-DAEMON@mx.relay.example", subject: "Undeliverable mail" },
      "Your mail to ann@customer.example could not be delivered: 550 no such user",
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "no_mailbox",
    detail: "550 no such user",
    hasId: false,
  },
  {
    name: "a relay that is known by its name alone",
    mail: textReport(
      { from: "Mail Delivery System <bounce-77@relay.example>", subject: "Your mail" },
      `Your message could not be delivered to this recipient:

<ann@customer.example>: 550 5.7.1 not from that network

${RETURNED_HEADER}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.7.1"]],
    cause: "blocked",
    detail: "550 5.7.1 not from that network",
  },
];
