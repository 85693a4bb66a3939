import { createTransport } from "nodemailer";
import { DESK_ADDRESS } from "@/scripts/demo/mails";
import { compose } from "@/scripts/demo/mime";

/** More than one page of a list has, so that they can only be acted on as a job. */
export const ALERTS = 120;
const SENDER = "alerts@monitor.example";
const DATE = new Date("2026-11-20T17:00:00Z");

/** Sends the mails of a monitor that fired for each of many servers: as many tickets that nobody has to answer. */
export async function sendAlerts(port: number): Promise<void> {
  const transport = createTransport({
    ...{ host: "127.0.0.1", port, secure: false, ignoreTLS: true },
    ...{ pool: true, maxConnections: 1 },
  });
  try {
    for (let server = 1; server <= ALERTS; server += 1) {
      await transport.sendMail({ envelope: { from: SENDER, to: DESK_ADDRESS }, raw: alert(server) });
    }
  } finally {
    transport.close();
  }
}

function alert(server: number): Buffer {
  const name = `web-${String(server).padStart(3, "0")}`;
  return compose({
    id: `${name}@monitor.example`,
    from: `Monitor <${SENDER}>`,
    to: DESK_ADDRESS,
    date: DATE,
    subject: `${name} does not answer`,
    text: `${name} has not answered for 5 minutes. This mail was sent by a program.`,
  });
}
