import { partsReport, REPLY_ID, RETURNED_HEADER, statusPart, textPart, textReport } from "./report-form";

const NULL = "Return-Path: <>";
const ANSWERS = [`In-Reply-To: ${REPLY_ID}`, `References: ${REPLY_ID}`];
const AUTO = "Auto-Submitted: auto-replied";
const ANN = "Ann <ann@customer.example>";
const STATUS = "Final-Recipient: rfc822; ann@customer.example\nAction: failed\nStatus: 5.1.1";
const QUOTED_REPLY = `\n\n-----Original Message-----\n${RETURNED_HEADER}\n\nYour invoice is attached.`;

/** Mails that look a little like reports: the name of each, and the mail. */
export const NO_REPORTS: [string, string][] = [
  [
    "an absence with a null sender that quotes the reply's header",
    textReport(
      { from: ANN, subject: "Automatic reply: Re: My invoice", more: [NULL, AUTO, ...ANSWERS] },
      `I am away until Monday. Your message will not be read.${QUOTED_REPLY}`,
    ),
  ],
  [
    "a German absence with a null sender",
    textReport(
      { from: ANN, subject: "Abwesenheitsnotiz: Ihre Rechnung", more: [NULL, ...ANSWERS] },
      `Ich bin bis Montag nicht im Haus. Ihre Nachricht wird nicht weitergeleitet.${QUOTED_REPLY}`,
    ),
  ],
  [
    "a French absence",
    textReport(
      { from: ANN, subject: "=?utf-8?Q?R=C3=A9ponse_automatique_:_Facture?=", more: [NULL, AUTO] },
      "Je suis absente. Votre message n'a pas été remis à un collègue.",
    ),
  ],
  [
    "a Spanish absence from a postmaster's address",
    textReport(
      { from: "postmaster@customer.example", subject: "=?utf-8?Q?Respuesta_autom=C3=A1tica?=", more: [NULL] },
      "No estamos. Su mensaje no se entregará hasta el lunes.",
    ),
  ],
  [
    "an answer that says that nobody reads the mailbox",
    textReport(
      {
        from: "no-reply@customer.example",
        subject: "Undeliverable: your message",
        more: [NULL, AUTO, ...ANSWERS],
      },
      "Your message could not be delivered to a person. Write to help@customer.example.",
    ),
  ],
  [
    "an absence that says who left",
    textReport(
      {
        from: "postmaster@customer.example",
        subject: "Ann has left",
        more: [NULL, "X-Autoreply: yes", ...ANSWERS],
      },
      "Your message was not delivered to anybody: ann@customer.example is not in use any more.",
    ),
  ],
  [
    "a person who quotes a report",
    textReport(
      { from: ANN, subject: "Your mail bounces", more: ANSWERS },
      `I got this back when I wrote to you:

550 5.1.1 <billing@desk.example>: User unknown
Your message could not be delivered to one or more recipients.

Final-Recipient: rfc822; billing@desk.example
Action: failed
Status: 5.1.1

What now?`,
    ),
  ],
  [
    "a person who forwards a report within the text",
    textReport(
      { from: ANN, subject: "Fwd: Undelivered Mail Returned to Sender" },
      `See below.

---------- Forwarded message ---------
From: Mail Delivery System <MAILER-DAEMON@mx.relay.example>
Subject: Undelivered Mail Returned to Sender

<billing@desk.example>: host mx.desk.example said: 550 5.1.1 User unknown${QUOTED_REPLY}`,
    ),
  ],
  [
    "a person who forwards a report with its parts",
    partsReport(
      { from: ANN, subject: "Fwd: Undelivered Mail Returned to Sender" },
      [
        textPart("Why does this come back?"),
        statusPart(STATUS),
        `Content-Type: text/rfc822-headers\n\n${RETURNED_HEADER}`,
      ],
      "multipart/mixed",
    ),
  ],
  [
    "a postmaster who answers as a person",
    textReport(
      { from: "postmaster@customer.example", subject: "Re: Your mail to us", more: ANSWERS },
      "Hello, your message was not delivered because our filter answered 550 5.7.1. I have set it right. Regards, Otto",
    ),
  ],
  [
    "a receipt",
    partsReport(
      { from: ANN, subject: "Read: Re: My invoice" },
      [
        textPart("Your message was read on Thursday."),
        `Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@customer.example\nOriginal-Message-ID: ${REPLY_ID}\nDisposition: manual-action/MDN-sent-manually; displayed`,
      ],
      "multipart/report; report-type=disposition-notification",
    ),
  ],
  [
    "a note that a mail was deleted unread",
    partsReport(
      { from: ANN, subject: "Not read: Re: My invoice", more: [NULL] },
      [
        textPart("Your message was deleted without being read."),
        `Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@customer.example\nOriginal-Message-ID: ${REPLY_ID}\nDisposition: automatic-action/MDN-sent-automatically; deleted`,
      ],
      "multipart/mixed",
    ),
  ],
  [
    "a complaint in ARF",
    partsReport(
      {
        from: "MAILER-DAEMON@provider.example",
        subject: "Complaint about message from 192.0.2.10",
        more: [NULL],
      },
      [
        textPart("A user of ours took this mail for spam."),
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Feedback/1\nVersion: 1\nOriginal-Rcpt-To: ann@customer.example",
        `Content-Type: message/rfc822\n\n${RETURNED_HEADER}\n\nHello`,
      ],
      "multipart/report; report-type=feedback-report",
    ),
  ],
  [
    "a newsletter with a null sender",
    textReport(
      {
        from: "News <news@shop.example>",
        subject: "Undelivered savings: returned to you",
        more: [NULL, "List-Unsubscribe: <https://shop.example/u>"],
      },
      "Delivery is free today. Mail that failed to arrive was never this cheap!",
    ),
  ],
  [
    "news of a parcel",
    textReport(
      { from: "Parcels <info@parcels.example>", subject: "Delivery failed: your parcel", more: [NULL] },
      "We were unable to deliver your parcel at 450 Main Street. We will try again tomorrow.",
    ),
  ],
  [
    "a mail server's note about a mailbox of ours",
    textReport(
      { from: "postmaster@mx.desk.example", subject: "Your storage" },
      "Your mailbox uses 95% of its space. Please delete what you do not need.",
    ),
  ],
  [
    "a customer's question about delivery",
    textReport(
      { from: ANN, subject: "Delivery failure" },
      "My order could not be delivered, and your mail says 550 5.1.1. Message-ID: <x@y.example>. Who helps?",
    ),
  ],
  [
    "news of a shop that calls itself a mail delivery service",
    textReport(
      { from: "Mail Delivery Service <info@parcels.example>", subject: "Delivery delayed: your parcel" },
      "The delivery of your letter is delayed. We will try again tomorrow.",
    ),
  ],
  [
    "a monthly report about encrypted delivery",
    partsReport(
      { from: "postmaster@provider.example", subject: "Report domain: desk.example" },
      [
        textPart("The delivery of two mails failed last month."),
        "Content-Type: application/tlsrpt+json\n\n{}",
      ],
      "multipart/report; report-type=tlsrpt",
    ),
  ],
  [
    "a guide by a firm that calls itself a mail delivery service",
    textReport(
      { from: "Mail Delivery Service <info@guides.example>", subject: "Codes explained" },
      "Today's code: 550 5.1.1 and why you see it.",
    ),
  ],
];
