import "server-only";
import { FOLLOWERS } from "./followers";
import { checkEnvironment, connectAtStart, refuseToStart } from "./environment";
import { startSmtpReceiver } from "@/lib/inbound/receiver";
import { env, isProduction } from "@/lib/env";
import { logAllOutput } from "@/lib/log";
import { addGauge } from "@/lib/metrics";
import { askMailServer } from "@/lib/outbound/mail-server";
import { startFollowers } from "@/lib/process/followers";
import { startBeating } from "@/lib/process/heartbeat";
import { upkeepStep } from "@/lib/process/upkeep";

/**
 * Starts the followers, and the SMTP receiver if a port is set, and beats under `id`. Returns a function that accepts no
 * more mail, takes no new lease, and resolves once every running step has ended. Ends the process, with one message that
 * lists every problem, if the environment is unusable or the port is taken.
 */
export async function startWorker(id: string): Promise<() => Promise<void>> {
  checkEnvironment();
  if (isProduction()) logAllOutput();
  await connectAtStart();
  const closeReceiver = await openReceiver();
  void askMailServer();
  const stopFollowers = startFollowers([...FOLLOWERS, { name: "upkeep", step: upkeepStep }]);
  const stopBeating = startBeating({ _id: id, kind: "worker" });
  return async () => {
    await Promise.all([closeReceiver(), stopFollowers()]);
    await stopBeating();
  };
}

async function openReceiver(): Promise<() => Promise<void>> {
  const { INBOUND_SMTP_PORT: port, INBOUND_SMTP_HOST: host } = env();
  if (!port) return async () => {};
  const receiver = await startSmtpReceiver({ port, host: host ?? "127.0.0.1" }).catch((error: unknown) =>
    refuseToStart([
      `INBOUND_SMTP_PORT ${port} cannot be listened on: ${error instanceof Error ? error.message : error}`,
    ]),
  );
  addGauge("claimdesk_smtp_connections", "Open connections of mail servers", async () =>
    receiver.countConnections(),
  );
  return () => receiver.close();
}
