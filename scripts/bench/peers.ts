// A process with the servers that the desk talks to: they answer after a moment, as servers elsewhere do, and their CPU
// is not counted as the desk's.
import { createServer, request } from "node:http";
import { startDiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { startSmtpSink } from "./smtp-sink";
import { DISCORD_MS, MAIL_SERVER_MS, type Peers } from "./start-peers";

const NO_LIMITS = { webhook: null, channel: null, oldEdits: null, global: null };

async function main(): Promise<void> {
  const discord = await startDiscordStandIn({ limits: NO_LIMITS });
  const peers: Peers = {
    smtpUrl: await startSmtpSink(0),
    slowSmtpUrl: await startSmtpSink(MAIL_SERVER_MS),
    discordUrl: await delayed(discord.url, DISCORD_MS),
    webhookUrl: discord.webhookUrl,
  };
  process.send?.(peers);
}

/** A server that passes each request on to `target` after `waitMs`. Returns its address. */
function delayed(target: string, waitMs: number): Promise<string> {
  const server = createServer((asked, response) => {
    setTimeout(() => {
      const { method, headers, url = "/" } = asked;
      const passed = request(new URL(url, target), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      passed.on("error", () => response.destroy());
      asked.pipe(passed);
    }, waitMs);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`);
    });
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
