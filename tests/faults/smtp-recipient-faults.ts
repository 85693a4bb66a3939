import type { Fault } from "@/tests/support/smtp/faulty-smtp";

/** Misbehaviour of the mail server in successive attempts at a reply to two recipients, and what must come of it. */
export type RecipientFault = {
  server: string;
  meets: Fault[];
  /** After all these attempts; a "queued" reply must then be "sent" once the server is well again. */
  state: "sent" | "queued" | "failed" | "unconfirmed";
  /** Mails for each recipient in the end, without any decision of a person. */
  mails: { first: 0 | 1; second: 0 | 1 };
  /** Ends only by our own timeout, which is short for that reason. */
  isSlow?: boolean;
};

const REFUSES: Fault = { at: "second", do: "answer", line: "550 No such user" };
const PUTS_OFF: Fault = { at: "second", do: "answer", line: "450 Greylisted" };
const BOTH = { first: 1, second: 1 } as const;
const FIRST = { first: 1, second: 0 } as const;
const NEITHER = { first: 0, second: 0 } as const;

export const RECIPIENT_FAULTS: RecipientFault[] = [
  { server: "refuses the second recipient", meets: [REFUSES], state: "sent", mails: FIRST },
  { server: "puts the second recipient off", meets: [PUTS_OFF], state: "queued", mails: BOTH },
  ...(["drop", "reset", "hang"] as const).map((act): RecipientFault => ({
    server: `breaks off (${act}) at the second recipient`,
    meets: [{ at: "second", do: act }],
    state: "queued",
    mails: BOTH,
    isSlow: act === "hang",
  })),
  {
    server: "closes in the middle of its answer to the second recipient",
    meets: [{ at: "second", do: "cut_off", line: "250-2.1" }],
    state: "queued",
    mails: BOTH,
  },
  {
    server: "says 421 at the second recipient",
    meets: [{ at: "second", do: "answer", line: "421 Closing the channel" }],
    state: "queued",
    mails: BOTH,
  },
  {
    server: "takes the mail for both and does not answer",
    meets: [{ at: "dot", do: "accept_then_drop" }],
    state: "unconfirmed",
    mails: BOTH,
  },
  {
    server: "breaks off at the final dot without taking the mail",
    meets: [{ at: "dot", do: "reset" }],
    state: "unconfirmed",
    mails: NEITHER,
  },
  {
    server: "refuses the message for both",
    meets: [{ at: "dot", do: "answer", line: "554 Rejected as spam" }],
    state: "failed",
    mails: NEITHER,
  },
  {
    server: "puts the second off, then refuses it",
    meets: [PUTS_OFF, { at: "rcpt", do: "answer", line: "550 No such user" }],
    state: "sent",
    mails: FIRST,
  },
  {
    server: "puts the second off, then cannot be reached",
    meets: [PUTS_OFF, { at: "greeting", do: "drop" }],
    state: "queued",
    mails: BOTH,
  },
  {
    server: "puts the second off, then takes its mail and does not answer",
    meets: [PUTS_OFF, { at: "dot", do: "accept_then_reset" }],
    state: "unconfirmed",
    mails: BOTH,
  },
  {
    server: "puts the second off, then breaks off in the middle of its mail",
    meets: [PUTS_OFF, { at: "body", do: "drop" }],
    state: "unconfirmed",
    mails: FIRST,
  },
];
