import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createTransport } from "nodemailer";
import { DEMO_MAILS, DESK_ADDRESS } from "./mails";

/** Fixed, so that every start sends the same mails and the desk recognises them. */
const BASE_DATE = new Date("2026-11-20T16:00:00Z");
/** Longest wait for the worker to listen for mail, in milliseconds. */
const LISTENING_MS = 60_000;

/**
 * Sends the example mails to the desk's own receiver, one after the other, as any mail server would. The desk
 * recognises those it has, so sending them again adds nothing. Rejects if nothing listens on the port within a minute, or
 * if the receiver refuses a mail.
 */
export async function sendDemoMails(port: number, report: (step: string) => void): Promise<void> {
  report(`Sending ${DEMO_MAILS.length} example mails`);
  await untilListening(port);
  const transport = createTransport({
    host: "127.0.0.1",
    port,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: 1,
  });
  try {
    for (const { envelopeFrom, raw } of DEMO_MAILS) {
      await transport.sendMail({ envelope: { from: envelopeFrom, to: DESK_ADDRESS }, raw: raw(BASE_DATE) });
    }
  } finally {
    transport.close();
  }
}

async function untilListening(port: number): Promise<void> {
  const deadline = performance.now() + LISTENING_MS;
  while (!(await isListening(port))) {
    if (performance.now() >= deadline)
      throw new Error(`The desk's worker does not accept mail on port ${port}; its log says why.`);
    await sleep(100);
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
