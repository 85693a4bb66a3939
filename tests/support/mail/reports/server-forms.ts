import {
  partsReport,
  REPLY_ID,
  returnedHeader,
  RETURNED_BODY,
  RETURNED_HEADER,
  returnedMail,
  statusPart,
  textPart,
  textReport,
  type ReportForm,
} from "./report-form";

const DAEMON = "Mail Delivery System <Mailer-Daemon@mx.relay.example>";
const RETURNED = `${RETURNED_HEADER}\n\n${RETURNED_BODY}`;

/** Reports as the text of mail servers has it. */
export const SERVER_FORMS: ReportForm[] = [
  {
    name: "Exim, as text with the header below",
    mail: textReport(
      {
        from: DAEMON,
        subject: "Mail delivery failed: returning message to sender",
        more: ["X-Failed-Recipients: ann@customer.example", "Auto-Submitted: auto-replied"],
      },
      `This message was created automatically by mail delivery software.

One or more recipients of a message from you were not reached.
The error is permanent. The following address(es) failed:

  ann@customer.example
    host mx.customer.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<ann@customer.example>:
    550 5.1.1 <ann@customer.example>: nobody of that name

------ This is a copy of the message's headers. ------

${RETURNED_HEADER}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "550 5.1.1 <ann@customer.example>: nobody of that name",
  },
  {
    name: "Exim, giving up after days",
    mail: textReport(
      {
        from: DAEMON,
        subject: "Mail delivery failed: returning message to sender",
        more: ["X-Failed-Recipients: ann@customer.example"],
      },
      `This message was created automatically by mail delivery software.

The following address(es) failed:

  ann@customer.example
    retry timeout exceeded

------ This is a copy of the message, including all the headers. ------

${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "unreachable",
    detail: "retry timeout exceeded",
  },
  {
    name: "Exim, a warning",
    mail: textReport(
      {
        from: DAEMON,
        subject: "Warning: message 1vABCD-000xyz-12 delayed 24 hours",
        more: ["Auto-Submitted: auto-replied"],
      },
      `This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.relay.example.

The message identifier is:     1vABCD-000xyz-12
The subject of the message is: Re: My invoice
Message-ID: ${REPLY_ID}

The address to which the message has not yet been delivered is:

  ann@customer.example
    host mx.customer.example [192.0.2.7]: connection refused

No action is required on your part. Delivery attempts will continue for
some time. If they all fail, the message comes back to you.`,
    ),
    outcome: "delayed",
    recipients: [["ann@customer.example", null]],
    cause: "unreachable",
    detail: "connection refused",
  },
  {
    name: "qmail",
    mail: textReport(
      { from: "MAILER-DAEMON@mx.relay.example", subject: "failure notice", more: ["Return-Path: <>"] },
      `Hi. This is the qmail-send program at mx.relay.example.
I'm afraid I wasn't able to deliver your message to these addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@customer.example>:
192.0.2.7 does not like recipient.
Remote host said: 550 no such user (#5.1.1)
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Return-Path: <support@desk.example>
${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "Remote host said: 550 no such user",
  },
  {
    name: "qmail, after too many days in the queue",
    mail: textReport(
      { from: "MAILER-DAEMON", subject: "failure notice", more: ["Return-Path: <>"] },
      `Hi. This is the qmail-send program at mx.relay.example.

<ann@customer.example>:
The connection to 192.0.2.7 was refused. (#4.4.1)
I'm not going to try again; this message has been in the queue too long.

--- Below this line is a copy of the message.

${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "4.4.1"]],
    cause: "unreachable",
    detail: "was refused. (#4.4.1)",
  },
  {
    name: "Postfix, as text",
    mail: textReport(
      {
        from: "MAILER-DAEMON@mx.relay.example (Mail Delivery System)",
        subject: "Undelivered Mail Returned to Sender",
      },
      `This is the mail system at host mx.relay.example.

Your message could not be delivered to one or more recipients. It's
returned below.

                   The mail system

<ann@customer.example>: host mx.customer.example[192.0.2.7] said: 552 5.2.2
    <ann@customer.example>: this mailbox is full (in reply to RCPT TO command)

${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.2.2"]],
    cause: "mailbox_full",
    detail: "said: 552 5.2.2 <ann@customer.example>: this mailbox is full",
  },
  {
    name: "sendmail, with a transcript",
    mail: partsReport(
      {
        from: "Mail Delivery Subsystem <MAILER-DAEMON@mx.relay.example>",
        subject: "Returned mail: see transcript for details",
        more: ["Auto-Submitted: auto-generated (failure)"],
      },
      [
        textPart(`The original message was received at Thu, 26 Nov 2026 09:10:02 +0100
from out.desk.example [192.0.2.10]

   ----- The following addresses had permanent fatal errors -----
<ann@customer.example>
    (reason: 550 5.1.1 <ann@customer.example>... User unknown)

   ----- Transcript of session follows -----
... while talking to mx.customer.example.:
>>> RCPT To:<ann@customer.example>
<<< 550 5.1.1 <ann@customer.example>... User unknown`),
        statusPart(
          "Final-Recipient: RFC822; ann@customer.example\nAction: failed\nStatus: 5.1.1\nRemote-MTA: DNS; mx.customer.example\nDiagnostic-Code: SMTP; 550 5.1.1 <ann@customer.example>... User unknown",
        ),
        returnedHeader,
      ],
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "550 5.1.1 <ann@customer.example>... User unknown",
  },
  {
    name: "sendmail, as text alone",
    mail: textReport(
      {
        from: "Mail Delivery Subsystem <MAILER-DAEMON@mx.relay.example>",
        subject: "Returned mail: Host unknown",
      },
      `   ----- The following addresses had permanent fatal errors -----
<ann@customer.example>

   ----- Transcript of session follows -----
550 5.1.2 <ann@customer.example>... Host unknown (Name server: customer.example: host not found)

   ----- Original message follows -----

${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.2"]],
    cause: "no_domain",
    detail: "550 5.1.2 <ann@customer.example>... Host unknown",
  },
  {
    name: "sendmail, a warning",
    mail: textReport(
      {
        from: "Mail Delivery Subsystem <MAILER-DAEMON@mx.relay.example>",
        subject: "Warning: could not send message for past 4 hours",
      },
      `    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************

   ----- The following addresses had transient non-fatal errors -----
<ann@customer.example>

   ----- Transcript of session follows -----
<ann@customer.example>... Deferred: Connection timed out with mx.customer.example.
Warning: message still undelivered after 4 hours
Will keep trying until message is 5 days old

   ----- Message header follows -----

${RETURNED_HEADER}`,
    ),
    outcome: "delayed",
    recipients: [["ann@customer.example", null]],
    cause: "unreachable",
    detail: "Deferred: Connection timed out",
  },
  {
    name: "Courier",
    mail: textReport(
      { from: '"Courier mail server at mx.relay.example" <>', subject: "NOTICE: mail delivery status." },
      `This is a delivery status notification from mx.relay.example,
running the Courier mail server.

                           UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<ann@customer.example>:
    mx.customer.example [192.0.2.7]:
<<< 550 5.7.1 Our policy takes no mail from there

---------------------------------------------------------------------------
The headers from your original message follow below:
---------------------------------------------------------------------------
${RETURNED_HEADER}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.7.1"]],
    cause: "blocked",
    detail: "550 5.7.1 Our policy takes no mail from there",
  },
  {
    name: "MDaemon",
    mail: textReport(
      { from: "MDaemon@mx.relay.example", subject: "Permanent Delivery Failure" },
      `The attached message had PERMANENT delivery errors.

Failed address: ann@customer.example

--- Session Transcript ---
 Parsing message <pd35.msg>
 <-- 250 ok
 --> RCPT To:<ann@customer.example>
 <-- 550 Unknown user
--- End Transcript ---

: Message contains [1] file attachments
${RETURNED_HEADER}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "no_mailbox",
    detail: "550 Unknown user",
  },
  {
    name: "MailEnable",
    mail: textReport(
      { from: '"Mail Delivery Agent" <postmaster@mx.relay.example>', subject: "Message Delivery Failure" },
      `Message could not be delivered to some recipients.
The following recipient(s) could not be reached:

\tRecipient: [SMTP:ann@customer.example]
\tReason: Remote SMTP Server Returned: 554 Delivery blocked, looks like spam

Message headers follow:

${RETURNED_HEADER}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "blocked",
    detail: "554 Delivery blocked, looks like spam",
  },
  {
    name: "CommuniGate",
    mail: textReport(
      { from: "<MAILER-DAEMON@mx.relay.example>", subject: "Undeliverable mail: Re: My invoice" },
      `Failed to deliver to 'ann@customer.example'
SMTP module(domain customer.example) reports:
 mx.customer.example: 550 5.1.1 nobody of that name

Original message headers:

${RETURNED_HEADER}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "550 5.1.1 nobody of that name",
  },
  {
    name: "GroupWise",
    mail: textReport(
      {
        from: "Mail Delivery Subsystem <postmaster@mx.relay.example>",
        subject: "Message status - undeliverable",
      },
      `The message that you sent was undeliverable to the following:
\tann@customer.example (550 No such recipient)

Possibly truncated original message follows:

${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "no_mailbox",
    detail: "550 No such recipient",
  },
  {
    name: "Domino",
    mail: partsReport(
      {
        from: "Postmaster@notes.customer.example",
        subject: "DELIVERY FAILURE: User ann (ann@customer.example) not listed in Domino Directory",
      },
      [
        textPart(`Your message

  Subject: Re: My invoice

was not delivered to:

  ann@customer.example

because:

  User ann (ann@customer.example) not listed in Domino Directory`),
        statusPart(
          "Final-Recipient: rfc822;ann@customer.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: X-Notes; User ann (ann@customer.example) not listed in Domino Directory",
        ),
        returnedMail,
      ],
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "not listed in Domino Directory",
  },
  {
    name: "Exchange on the premises, from the system administrator",
    mail: textReport(
      {
        from: "System Administrator <postmaster@exchange.customer.example>",
        subject: "Undeliverable: Re: My invoice",
        more: [`In-Reply-To: ${REPLY_ID}`],
      },
      `Your message

  To:      ann@customer.example
  Subject: Re: My invoice
  Sent:    Thu, 26 Nov 2026 09:10:00 +0100

did not reach the following recipient(s):

ann@customer.example on Thu, 26 Nov 2026 09:12:40 +0100
    The e-mail account does not exist at the organization this message was sent to.
    <exchange.customer.example #5.1.1>`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "5.1.1",
  },
  {
    name: "a system that lists the returned fields first",
    mail: textReport(
      {
        from: "Postmaster <postmaster@mx.relay.example>",
        subject: "Delivery Notification: Delivery has failed",
      },
      `This is about a mail of yours that has these fields:

  Return-path: <support@desk.example>
  Received: from out.desk.example by mx.relay.example
  Message-id: ${REPLY_ID}
  Subject: Re: My invoice

Your message cannot be delivered to this recipient:

  Recipient address: ann@customer.example
  Reason: The other server has rejected the address
  Diagnostic code: smtp;550 5.1.1 nobody of that name
  Remote system: dns;mx.customer.example`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "5.1.1 nobody of that name",
  },
  {
    name: "a relay that quotes the session in brackets",
    mail: textReport(
      { from: "MAILER-DAEMON@mx.relay.example", subject: "There was an error sending your mail" },
      `We had trouble with the delivery of your message.

1 error:

Server <mx.customer.example> rejected recipient <ann@customer.example>
  (after RCPT). Its answer: [550 5.1.1 nobody of that name]

${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "550 5.1.1 nobody of that name",
  },
  {
    name: "a session alone",
    mail: textReport(
      {
        from: "MAILER-DAEMON@mx.relay.example (Mail Delivery Subsystem)",
        subject: "Returned mail: User unknown",
      },
      `   ----- Transcript of session follows -----
While talking to mx.customer.example:
>>> RCPT To:<ann@customer.example>
<<< 550 5.1.1 <ann@customer.example>... nobody of that name
550 <ann@customer.example>... User unknown

   ----- Unsent message follows -----
${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.1"]],
    cause: "no_mailbox",
    detail: "550 5.1.1 <ann@customer.example>... nobody of that name",
  },
  {
    name: "a mailbox over its size, without an answer of a server",
    mail: textReport(
      { from: "Postmaster <postmaster@mx.relay.example>", subject: "Undeliverable Mail" },
      `User mailbox exceeds its size: ann@customer.example

Original message follows.

${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", null]],
    cause: "mailbox_full",
    detail: "User mailbox exceeds its size",
  },
  {
    name: "a relay that only X-Failed-Recipients marks",
    mail: textReport(
      {
        from: "no-reply@relay.example",
        subject: "Your mail",
        more: ["X-Failed-Recipients: ann@customer.example, bea@customer.example"],
      },
      `Nobody took it.\n\n${RETURNED}`,
    ),
    outcome: "failed",
    recipients: [
      ["ann@customer.example", null],
      ["bea@customer.example", null],
    ],
    cause: "other",
    detail: "",
  },
  {
    name: "a delay that also says when it would give up",
    mail: textReport(
      { from: "MAILER-DAEMON@mx.relay.example", subject: "Delivery report" },
      `Your message has not been delivered yet to:

  ann@customer.example

It will be tried again for two days. If there is a permanent error, you will hear of it.

${RETURNED}`,
    ),
    outcome: "delayed",
    recipients: [["ann@customer.example", null]],
    cause: "other",
    detail: "It will be tried again for two days.",
  },
];
