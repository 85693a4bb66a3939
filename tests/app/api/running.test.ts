import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { GET as getTick, POST as tick } from "@/app/api/internal/tick/route";
import { GET as ready } from "@/app/api/health/ready/route";
import { GET as metrics } from "@/app/api/metrics/route";
import { registerGauges } from "@/lib/desk/gauges";
import { registerWorkerMetrics } from "@/lib/desk/metrics";
import { readMetricsAsJson } from "@/lib/metrics";
import { workerSilence } from "@/lib/process/heartbeat";
import { nudge } from "@/lib/process/nudge";
import { running } from "@/lib/process/running";
import { receiveMail } from "@/lib/inbound/ledger";
import { claimTicket } from "@/lib/tickets/claim";
import { EmailMessage } from "@/models/EmailMessageModel";
import { TicketEvent } from "@/models/TicketEventModel";
import { Worker } from "@/models/WorkerModel";
import { leaveWorker, pretendWorker } from "@/tests/support/desk/pretend-worker";
import { setEnv } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";
import { createThread, member } from "@/tests/support/factories/threads";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const CRON = "cron-secret-of-the-tests";
const METRICS = "metrics-token-of-the-tests";

beforeAll(() => setEnv({ CRON_SECRET: CRON, METRICS_TOKEN: METRICS }));
afterEach(leaveWorker);

describe("POST /api/internal/tick", () => {
  test("runs what is due, so that a host without long-lived processes misses nothing", async () => {
    const thread = await createThread();
    await claimTicket(thread.id, member("Priya Nair"));
    const raw = Buffer.from("From: lena@example.com\r\nSubject: By the timer\r\n\r\nHello\r\n");
    const { ledgerId } = await receiveMail({ raw, envelope: { from: null, to: [] }, source: "http" });

    const answer = await call(tick, "/api/internal/tick", { method: "POST", headers: bearer(CRON) });
    expect(answer).toMatchObject({ status: 200, body: { success: true, done: { ingest: 1 } } });
    expect(await EmailMessage.countDocuments({ ledgerId })).toBe(1);
    expect(await TicketEvent.countDocuments({ threadId: thread._id })).toBe(1);
  });

  test("does so for GET too, and counts as a worker meanwhile", async () => {
    await Worker.deleteMany();
    const { ledgerId } = await receiveMail({
      raw: Buffer.from("From: lena@example.com\r\nSubject: By GET\r\n\r\nHello\r\n"),
      envelope: { from: null, to: [] },
      source: "http",
    });
    const answer = await call(getTick, "/api/internal/tick", { headers: bearer(CRON) });
    expect(answer).toMatchObject({ status: 200, body: { success: true, done: { ingest: 1 } } });
    expect(await EmailMessage.countDocuments({ ledgerId })).toBe(1);
    expect(await workerSilence()).toBeNull();
    expect(await Worker.find().lean()).toMatchObject([{ kind: "tick", isRunning: false }]);
  });

  test.each([{}, bearer("wrong"), bearer(METRICS)])(
    "refuses everybody without its secret",
    async (headers) => {
      expect(await call(tick, "/api/internal/tick", { method: "POST", headers })).toMatchObject({
        status: 401,
      });
    },
  );
});

async function readMetrics(): Promise<{ text: string; contentType: string | null }> {
  const request = new Request("http://localhost:3000/api/metrics", { headers: bearer(METRICS) });
  const response = await metrics(request, { params: Promise.resolve({}) });
  return { text: await response.text(), contentType: response.headers.get("content-type") };
}

describe("GET /api/metrics", () => {
  beforeAll(registerGauges);

  test("counts claims won and lost and waiting work, in Prometheus' format", async () => {
    const thread = await createThread();
    await claimTicket(thread.id, member("Priya Nair"));
    await claimTicket(thread.id, member("Tomás Rivera"));
    const { text, contentType } = await readMetrics();
    expect(contentType).toContain("text/plain");
    expect(text).toMatch(/claimdesk_claims_total\{result="won",process="web"\} [1-9]/);
    expect(text).toMatch(/claimdesk_claims_total\{result="lost",process="web"\} [1-9]/);
    for (const name of ["replies_unconfirmed", "nodejs_eventloop_lag_seconds"]) {
      expect(text).toMatch(new RegExp(`^claimdesk_${name}\\{process="web"\\} [0-9.e-]+$`, "m"));
    }
    for (const queue of ["ingest", "events"]) {
      expect(text).toMatch(
        new RegExp(`^claimdesk_queue_lag_seconds\\{queue="${queue}",process="web"\\} [0-9.e-]+$`, "m"),
      );
    }
    expect(text).not.toContain("@");
  });

  test("shows the worker's metrics beside this process's own, each under its name", async () => {
    const ofWorker: unknown = JSON.parse(JSON.stringify(await readMetricsAsJson("worker")));
    pretendWorker({ restarts: 3, metrics: async () => ofWorker });
    registerWorkerMetrics();
    const { text } = await readMetrics();
    expect(text).toContain('claimdesk_worker_restarts_total{process="web"} 3');
    for (const process of ["web", "worker"]) {
      expect(text).toMatch(
        new RegExp(`^claimdesk_claims_total\\{result="won",process="${process}"\\} [1-9]`, "m"),
      );
      expect(text).toMatch(
        new RegExp(`^claimdesk_process_start_time_seconds\\{process="${process}"\\} [1-9]`, "m"),
      );
    }
    expect(text.match(/^# TYPE claimdesk_claims_total /gm)).toHaveLength(1);
  });

  test("shows this process's own metrics if the worker does not answer", async () => {
    pretendWorker({ metrics: async () => null });
    const { text } = await readMetrics();
    expect(text).toMatch(/^claimdesk_claims_total\{result="won",process="web"\} [1-9]/m);
    expect(text).not.toContain('process="worker"');
  });

  test.each([{}, bearer("wrong"), bearer(CRON)])("refuses everybody without its token", async (headers) => {
    expect(await call(metrics, "/api/metrics", { headers })).toMatchObject({ status: 401 });
  });
});

describe("GET /api/health/ready", () => {
  test("answers 503 once the process is stopping", async () => {
    expect(await call(ready, "/api/health/ready")).toMatchObject({ status: 200 });
    running.isStopping = true;
    try {
      expect(await call(ready, "/api/health/ready")).toMatchObject({ status: 503 });
    } finally {
      running.isStopping = false;
    }
  });

  test.each([
    ["a beat 20 s ago", 20_000, 200],
    ["the last beat 40 s ago", 40_000, 503],
  ])("answers with %s of its worker", async (_, agoMs, status) => {
    pretendWorker({ id: "own", startedAt: performance.now() - 3_600_000 });
    const beatAt = new Date(Date.now() - agoMs);
    await Worker.replaceOne({ _id: "own" }, { kind: "worker", isRunning: true, beatAt }, { upsert: true });
    expect(await call(ready, "/api/health/ready")).toMatchObject({ status });
  });

  test("waits 30 s for the first beat of its worker", async () => {
    pretendWorker({ id: "new", startedAt: performance.now() - 20_000 });
    expect(await call(ready, "/api/health/ready")).toMatchObject({ status: 200 });
    pretendWorker({ id: "new", startedAt: performance.now() - 40_000 });
    expect(await call(ready, "/api/health/ready")).toMatchObject({ status: 503 });
  });

  test("needs no worker if none runs beside it", async () => {
    await Worker.deleteMany();
    expect(await call(ready, "/api/health/ready")).toMatchObject({ status: 200 });
  });
});

test("a nudge crosses to the worker with its topics", () => {
  const crossed: string[][] = [];
  pretendWorker({ nudge: (topics) => void crossed.push([...topics]) });
  nudge("cards", "events");
  expect(crossed).toEqual([["cards", "events"]]);
});
