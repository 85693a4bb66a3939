import { fork } from "node:child_process";
import path from "node:path";

/** How long the mail server takes over a mail, and Discord over a request, as over the internet; in milliseconds. */
export const MAIL_SERVER_MS = 200;
export const DISCORD_MS = 100;

/** Addresses of mail servers that answer at once and after a moment, and of Discord without its rate limits. */
export type Peers = { smtpUrl: string; slowSmtpUrl: string; discordUrl: string; webhookUrl: string };

export async function startPeers(): Promise<Peers & { stop: () => void }> {
  const child = fork(path.join(import.meta.dirname, "peers.ts"));
  const peers = await new Promise<Peers>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Peers)); // the only one that peers.ts sends
    child.once("exit", reject);
  });
  child.removeAllListeners("exit");
  return { ...peers, stop: () => void child.kill() };
}
