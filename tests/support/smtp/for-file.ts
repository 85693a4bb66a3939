import { createTransport } from "nodemailer";
import { afterAll } from "vitest";
import { startSmtpReceiver } from "@/lib/inbound/receiver";
import { startMailCatcher, type MailCatcher } from "@/scripts/stand-ins/mail-catcher/server";
import { setEnv } from "@/tests/support/routes/identities";
import { startFaultySmtp, type FaultySmtp } from "./faulty-smtp";

// Mail servers that run as long as a test file.

/** Starts a mail catcher and makes the desk send its replies there. */
export async function mailCatcherForFile(): Promise<MailCatcher> {
  const catcher = await startMailCatcher();
  setEnv({ SMTP_URL: catcher.smtpUrl, SUPPORT_NAME: "Desk Support" });
  afterAll(() => catcher.close());
  return catcher;
}

/** Starts a faulty mail server and makes the desk send its replies there. */
export async function faultySmtpForFile(): Promise<FaultySmtp> {
  const server = await startFaultySmtp();
  setEnv({ SMTP_URL: server.url });
  afterAll(() => server.stop());
  return server;
}

/** Starts the desk's own receiver; `send` sends it a mail. */
export async function receiverForFile() {
  const receiver = await startSmtpReceiver({ port: 0, host: "127.0.0.1" });
  const transport = createTransport({ host: "127.0.0.1", port: receiver.port, secure: false });
  afterAll(async () => {
    transport.close();
    await receiver.close();
  });
  return {
    port: receiver.port,
    send: (raw: Buffer, from = "customer@example.com", to = ["support@desk.example"]) =>
      transport.sendMail({ envelope: { from, to }, raw }),
  };
}
