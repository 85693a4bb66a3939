import type { Fault, FaultStage } from "@/tests/support/smtp/faulty-smtp";

/** A misbehaviour of the mail server during one attempt, and the state of the reply after it. */
export type SmtpFault = {
  server: string;
  meets: Fault | "nobody_listens" | "bad_certificate";
  /** After the attempt; a "queued" reply must then be "sent" once the server is well again. */
  first: "sent" | "queued" | "failed" | "unconfirmed";
  /** The most mails that the server takes in all; exactly one if the reply is "sent". */
  mailsMax: 0 | 1;
  textLength?: number;
  /** Ends only by our own timeout, which is short for that reason. */
  isSlow?: boolean;
};

const BEFORE_THE_MAIL: FaultStage[] = ["greeting", "ehlo", "auth", "mail", "rcpt", "data"];
const BREAKS = [
  { do: "drop", name: "closes" },
  { do: "reset", name: "resets the connection" },
  { do: "hang", name: "falls silent" },
] as const;

const early = BEFORE_THE_MAIL.flatMap((at) =>
  BREAKS.map(({ do: act, name }): SmtpFault => ({
    server: `${name} instead of its answer to ${at}`,
    meets: { at, do: act },
    first: "queued",
    mailsMax: 1,
    isSlow: act === "hang",
  })),
);

const late = (["body", "dot"] as const).flatMap((at) =>
  BREAKS.map(({ do: act, name }): SmtpFault => ({
    server: `${name} at the mail's ${at}, without taking it`,
    meets: { at, do: act },
    first: "unconfirmed",
    mailsMax: 0,
    isSlow: act === "hang",
  })),
);

const taken = (["accept_then_drop", "accept_then_reset", "accept_then_hang"] as const).map(
  (act): SmtpFault => ({
    server: `takes the mail and does not answer (${act})`,
    meets: { at: "dot", do: act },
    first: "unconfirmed",
    mailsMax: 1,
    isSlow: act === "accept_then_hang",
  }),
);

function answers(at: FaultStage, line: string, first: SmtpFault["first"]): SmtpFault {
  const server = `answers ${line.slice(0, 40)} to ${at}`;
  return { server, meets: { at, do: "answer", line }, first, mailsMax: first === "failed" ? 0 : 1 };
}

const refusals = [
  answers("greeting", "421 Too many connections", "queued"),
  answers("greeting", "554 No service for you", "queued"),
  answers("auth", "535 5.7.8 Bad credentials", "queued"),
  answers("mail", "421 Closing the channel", "queued"),
  answers("mail", "452 Out of storage", "queued"),
  answers("rcpt", "450 Greylisted", "queued"),
  answers("rcpt", "550 No such user", "failed"),
  answers("data", "451 Not just now", "queued"),
  answers("dot", "451 Try again later", "queued"),
  answers("dot", "552 Too large", "failed"),
  answers("dot", "554 Rejected as spam", "failed"),
];

const MEGABYTE = "x".repeat(1_000_000);

const hostile: SmtpFault[] = [
  {
    ...answers("greeting", "HTTP/1.1 400 Bad Request\r\n\r\n<html>", "queued"),
    server: "greets as a web server",
    isSlow: true,
  },
  {
    ...answers("data", "\u0000\u0001 what?", "queued"),
    server: "answers data with no code at all",
    isSlow: true,
  },
  {
    ...answers("ehlo", "250-faulty.test\r\n250-AUTH PL", "queued"),
    server: "never ends its multi-line answer to ehlo",
    isSlow: true,
  },
  {
    server: "closes in the middle of a multi-line answer to ehlo",
    meets: { at: "ehlo", do: "cut_off", line: "250-faulty.test\r\n250-AUTH PL" },
    first: "queued",
    mailsMax: 1,
  },
  {
    server: "takes the mail and closes in the middle of its answer",
    meets: { at: "dot", do: "cut_off", line: "250-2.0.0 Tak" },
    first: "unconfirmed",
    mailsMax: 1,
  },
  { ...answers("mail", `250 ${MEGABYTE}`, "sent"), server: "answers mail with a line of 1 MB" },
  { ...answers("dot", `250 ${MEGABYTE}`, "sent"), server: "takes the mail with a line of 1 MB" },
  { ...answers("dot", `550 ${MEGABYTE}`, "failed"), server: "refuses the mail with a line of 1 MB" },
  {
    ...answers("ehlo", `250-${MEGABYTE.repeat(2)}`, "queued"),
    server: "answers ehlo with a line of 2 MB",
  },
  {
    ...answers("dot", `250 ${MEGABYTE.repeat(2)}`, "unconfirmed"),
    server: "takes the mail with a line of 2 MB",
  },
];

const slow: SmtpFault[] = [
  {
    server: "drips its greeting, a byte at a time, for longer than a dialogue may take",
    meets: { at: "greeting", do: "drip", everyMs: 150 },
    first: "queued",
    mailsMax: 1,
    isSlow: true,
  },
  {
    server: "takes the mail and drips its answer for longer than a dialogue may take",
    meets: { at: "dot", do: "drip", everyMs: 150 },
    first: "unconfirmed",
    mailsMax: 1,
    isSlow: true,
  },
  {
    server: "drips an answer that still comes in time",
    meets: { at: "mail", do: "drip", everyMs: 2 },
    first: "sent",
    mailsMax: 1,
  },
];

const halfOpen: SmtpFault[] = [
  {
    server: "asks for the mail, ends its own side, and goes on reading",
    meets: { at: "data", do: "half_close", line: "354 Go ahead" },
    first: "unconfirmed",
    mailsMax: 1,
  },
  {
    server: "takes the mail on a connection it has ended its own side of",
    meets: { at: "dot", do: "half_close", line: "" },
    first: "unconfirmed",
    mailsMax: 1,
  },
  {
    server: "asks for the mail and reads no byte of it",
    meets: { at: "data", do: "stop_reading" },
    first: "unconfirmed",
    mailsMax: 0,
    textLength: 2_000_000,
    isSlow: true,
  },
];

const closed: SmtpFault[] = [
  { server: "refuses connections", meets: "nobody_listens", first: "queued", mailsMax: 1 },
  { server: "shows a certificate nobody signed", meets: "bad_certificate", first: "queued", mailsMax: 1 },
];

export const SMTP_FAULTS = [
  ...closed,
  ...early,
  ...refusals,
  ...late,
  ...taken,
  ...slow,
  ...hostile,
  ...halfOpen,
];
