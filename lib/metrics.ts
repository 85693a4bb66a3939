import "server-only";
import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Registry,
  type MetricObjectWithValues,
  type MetricValue,
} from "prom-client";
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

/**
 * Adds gauges of one name, told apart by `label`, whose values are read together each time the metrics are read. One
 * whose value is null is left out. Throws if the name exists.
 */
export function addGauges(
  name: string,
  help: string,
  label: string,
  read: () => Promise<[string, number | null][]>,
): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [metrics.registry],
    async collect() {
      const values = await read();
      this.reset();
      for (const [of, value] of values) if (value !== null) this.set({ [label]: of }, value);
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

/** Adds a counter whose value is read each time the metrics are read. Throws if the name exists. */
export function addCounter(name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [metrics.registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

type ProcessMetrics = MetricObjectWithValues<MetricValue<string>>[];

/** This process's metrics in prom-client's JSON, each labelled with `process`. Rejects if the database is away. */
export async function readMetricsAsJson(process: "web" | "worker"): Promise<ProcessMetrics> {
  const read = await metrics.registry.getMetricsAsJSON();
  return read.map((metric) => ({
    ...metric,
    values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, process } })),
    // The label keeps the processes apart, so nothing is summed up or left out.
    aggregator: "sum",
  }));
}

/** The metrics of several processes, as `readMetricsAsJson` gives them, in Prometheus' text format. */
export async function writeMetrics(ofProcesses: unknown[]): Promise<{ text: string; contentType: string }> {
  const registry = AggregatorRegistry.aggregate(ofProcesses as ProcessMetrics[]); // made by this version of prom-client
  return { text: await registry.metrics(), contentType: registry.contentType };
}
