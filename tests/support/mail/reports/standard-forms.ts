import {
  partsReport,
  REPLY_ID,
  returnedHeader,
  returnedMail,
  RETURNED_HEADER,
  statusPart,
  textPart,
  type ReportForm,
} from "./report-form";

const DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.relay.example>";
const FAILED = "Undelivered Mail Returned to Sender";
const SORRY = textPart("I am the mail host mx.relay.example. Sorry, your message could not be delivered.");
const ann = (...fields: string[]) => ["Final-Recipient: rfc822; ann@customer.example", ...fields].join("\n");
const gone = ann("Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 nobody of that name");
const ANN_GONE: Pick<ReportForm, "outcome" | "recipients" | "cause" | "detail"> = {
  outcome: "failed",
  recipients: [["ann@customer.example", "5.1.1"]],
  cause: "no_mailbox",
  detail: "550 5.1.1 nobody of that name",
};

/** Reports with a delivery status as RFC 3464 has it, and with the mistakes of programs that make one. */
export const STANDARD_FORMS: ReportForm[] = [
  {
    name: "a failure with the whole mail returned",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [SORRY, statusPart(gone), returnedMail]),
    ...ANN_GONE,
  },
  {
    name: "a failure that says of itself that it is an automatic reply",
    mail: partsReport({ from: DAEMON, subject: FAILED, more: ["Auto-Submitted: auto-replied"] }, [
      SORRY,
      statusPart(gone),
      returnedHeader,
    ]),
    ...ANN_GONE,
  },
  {
    name: "a delay",
    mail: partsReport({ from: DAEMON, subject: "Delayed Mail (still being retried)" }, [
      textPart("It is not delivered yet. We will keep trying; there is no need to send it again."),
      statusPart(
        ann(
          "Action: delayed",
          "Status: 4.4.1",
          "Diagnostic-Code: X-Postfix; connect to\n    mx.customer.example[192.0.2.7]:25: Connection timed out",
          "Will-Retry-Until: Tue, 1 Dec 2026 09:10:02 +0100",
        ),
      ),
      returnedHeader,
    ]),
    outcome: "delayed",
    recipients: [["ann@customer.example", "4.4.1"]],
    cause: "unreachable",
    detail: "connect to mx.customer.example[192.0.2.7]:25: Connection timed out",
  },
  {
    name: "a failure after days of trying",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      statusPart(ann("Action: failed", "Status: 4.4.1", "Diagnostic-Code: X-Relay; delivery time expired")),
      returnedHeader,
    ]),
    outcome: "failed",
    recipients: [["ann@customer.example", "4.4.1"]],
    cause: "unreachable",
    detail: "delivery time expired",
  },
  {
    name: "a delivery that was asked for",
    mail: partsReport({ from: DAEMON, subject: "Successful Mail Delivery Report" }, [
      textPart("Your mail has arrived."),
      statusPart(ann("Action: relayed (to a system without reports)", "Status: 2.0.0")),
      returnedHeader,
    ]),
    outcome: "delivered",
    recipients: [["ann@customer.example", "2.0.0"]],
    cause: "other",
    detail: "",
  },
  {
    name: "one recipient failed, one delayed and one reached",
    mail: partsReport({ from: DAEMON, subject: "Delivery Status Notification" }, [
      SORRY,
      statusPart(
        "Final-Recipient: rfc822; bea@customer.example\nAction: delayed\nStatus: 4.2.2",
        gone,
        "Final-Recipient: rfc822; cleo@customer.example\nAction: delivered\nStatus: 2.1.5",
      ),
      returnedHeader,
    ]),
    ...ANN_GONE,
  },
  {
    name: "two failed for different reasons",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      statusPart(
        gone,
        "Final-Recipient: rfc822;bea@customer.example\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp;552 5.2.2 no room left",
      ),
      returnedHeader,
    ]),
    ...ANN_GONE,
    recipients: [
      ["ann@customer.example", "5.1.1"],
      ["bea@customer.example", "5.2.2"],
    ],
  },
  {
    name: "blocks without blank lines between them",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      statusPart(`${gone}\nFinal-Recipient: rfc822; bea@customer.example\nAction: failed\nStatus: 5.1.1`),
      returnedHeader,
    ]),
    ...ANN_GONE,
    recipients: [
      ["ann@customer.example", "5.1.1"],
      ["bea@customer.example", "5.1.1"],
    ],
  },
  {
    name: "only an original recipient, in brackets",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      statusPart("Original-Recipient: rfc822;<ann@customer.example>\nAction: Failed\nStatus: 5.3.4 (size)"),
      returnedHeader,
    ]),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.3.4"]],
    cause: "too_large",
    detail: "your message could not be delivered",
  },
  {
    name: "a recipient who has mail forwarded elsewhere",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      statusPart(
        "Original-Recipient: rfc822;ann@customer.example\nFinal-Recipient: rfc822;ann.p@home.example\nAction: failed\nStatus: 5.2.2",
      ),
      returnedHeader,
    ]),
    outcome: "failed",
    recipients: [
      ["ann.p@home.example", "5.2.2"],
      ["ann@customer.example", "5.2.2"],
    ],
    cause: "mailbox_full",
    detail: "your message could not be delivered",
  },
  {
    name: "an internationalised address in escapes",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      "Content-Type: message/global-delivery-status\n\nReporting-MTA: dns; mx.relay.example\n\nFinal-Recipient: utf-8; j\\x{FC}rgen@customer.example\nAction: failed\nStatus: 5.6.7\nDiagnostic-Code: smtp; 550 5.6.7 no letters like these",
      `Content-Type: message/global-headers\n\n${RETURNED_HEADER}\n`,
    ]),
    outcome: "failed",
    recipients: [["jürgen@customer.example", "5.6.7"]],
    cause: "other",
    detail: "550 5.6.7 no letters like these",
  },
  {
    name: "a vague status with an exact one in the diagnosis",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      statusPart(
        ann(
          "Action: failed",
          "Status: 5.0.0",
          "Diagnostic-Code: smtp; 554-5.7.1 we take no\n 554 5.7.1 such mail",
        ),
      ),
      returnedHeader,
    ]),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.7.1"]],
    cause: "blocked",
    detail: "554-5.7.1 we take no",
  },
  {
    name: "no action, and a status for good",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      statusPart(ann("Status: 5.1.2", "Diagnostic-Code: dns; unknown host")),
      returnedHeader,
    ]),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.1.2"]],
    cause: "no_domain",
    detail: "unknown host",
  },
  {
    name: "a delivery status inside multipart/mixed",
    mail: partsReport(
      { from: "Post Office <postmaster@mx.relay.example>", subject: "Nondeliverable mail" },
      [SORRY, statusPart(gone), returnedMail],
      "multipart/mixed",
    ),
    ...ANN_GONE,
  },
  {
    name: "a delivery status that is a file of another type",
    mail: partsReport(
      { from: DAEMON, subject: FAILED },
      [
        SORRY,
        `Content-Type: application/octet-stream; name=report.dat\nContent-Disposition: attachment\n\nReporting-MTA: dns; mx.relay.example\n\n${gone}\n`,
        returnedMail,
      ],
      "multipart/mixed",
    ),
    ...ANN_GONE,
  },
  {
    name: "a delivery status and returned header as plain text",
    mail: partsReport(
      { from: DAEMON, subject: FAILED },
      [SORRY, textPart(`Reporting-MTA: dns; mx.relay.example\n\n${gone}\n`), textPart(RETURNED_HEADER)],
      "multipart/mixed",
    ),
    ...ANN_GONE,
  },
  {
    name: "no report-type",
    mail: partsReport(
      { from: DAEMON, subject: FAILED },
      [SORRY, statusPart(gone), returnedMail],
      "multipart/report",
    ),
    ...ANN_GONE,
  },
  {
    name: "parts in base64",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      `Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n${Buffer.from(`Reporting-MTA: dns; x.example\n\n${gone}\n`).toString("base64")}`,
      returnedMail,
    ]),
    ...ANN_GONE,
  },
  {
    name: "a relay that gave the reply an id of its own",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      statusPart(gone),
      `Content-Type: message/rfc822\n\nFrom: support@desk.example\nTo: ann@customer.example\nSubject: Re: My invoice\nMessage-ID: <0102-77@relay.example>\nReferences: <question-1@customer.example>\n ${REPLY_ID}\n\nHello`,
    ]),
    ...ANN_GONE,
  },
  {
    name: "a relay that keeps the old id in the report's own header",
    mail: partsReport({ from: DAEMON, subject: FAILED, more: [`X-Original-Message-ID: ${REPLY_ID}`] }, [
      SORRY,
      statusPart(gone),
    ]),
    ...ANN_GONE,
  },
  {
    name: "an envelope id that is the reply's",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      `Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.relay.example\nOriginal-Envelope-Id: REPLY@desk.example\n\n${gone}\n`,
    ]),
    ...ANN_GONE,
  },
  {
    name: "an answer to the reply, with nothing returned",
    mail: partsReport(
      {
        from: DAEMON,
        subject: "Delivery Status Notification (Failure)",
        more: [`In-Reply-To: ${REPLY_ID}`, `References: ${REPLY_ID}`],
      },
      [SORRY, statusPart(gone)],
    ),
    ...ANN_GONE,
  },
  {
    name: "a delivery status without recipients, which the text names",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      textPart(
        "Your message could not be delivered to:\n\n<ann@customer.example>: host mx.customer.example said: 550 5.1.1 nobody of that name\n    (in reply to RCPT TO)",
      ),
      statusPart(),
      returnedHeader,
    ]),
    ...ANN_GONE,
  },
  {
    name: "a blank line between a recipient and the rest of its block",
    mail: partsReport({ from: DAEMON, subject: FAILED }, [
      SORRY,
      statusPart(
        ann(),
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 nobody of that name",
      ),
      returnedHeader,
    ]),
    ...ANN_GONE,
  },
];
