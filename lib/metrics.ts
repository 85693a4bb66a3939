import "server-only";
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { processSingleton } from "./process-singleton";

/** Counters are per process and start at zero with it. */
const metrics = processSingleton("metrics", () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "claimdesk_" }); // event-loop lag among them
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  return {
    registry,
    claims: counter("claimdesk_claims_total", "Claims by outcome", ["result"]),
    deliveries: counter(
      "claimdesk_deliveries_total",
      "Attempts to hand a reply to the mail server, by outcome",
      ["result"],
    ),
    inbound: counter("claimdesk_inbound_total", "Mails that arrived, by new or duplicate", ["result"]),
    rateLimits: counter("claimdesk_discord_rate_limits_total", "Answers of Discord that asked us to wait", [
      "scope",
    ]),
  };
});

/** Adds a gauge whose value is read each time the metrics are read. Throws if the name exists. */
export function addGauge(name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [metrics.registry],
    async collect() {
      this.set(await read());
    },
  });
}

export function countClaim(result: "won" | "lost" | "unknown"): void {
  metrics.claims.inc({ result });
}

export function countDelivery(result: "accepted" | "refused" | "unreachable" | "unconfirmed"): void {
  metrics.deliveries.inc({ result });
}

export function countInbound(result: "new" | "duplicate"): void {
  metrics.inbound.inc({ result });
}

export function countRateLimit(scope: string): void {
  metrics.rateLimits.inc({ scope });
}

/** All metrics in Prometheus' text format. Rejects if the database is away. */
export async function readMetrics(): Promise<{ text: string; contentType: string }> {
  return { text: await metrics.registry.metrics(), contentType: metrics.registry.contentType };
}
