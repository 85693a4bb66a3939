import { beforeAll, describe, expect, test } from "vitest";
import { POST as tick } from "@/app/api/internal/tick/route";
import { GET as ready } from "@/app/api/health/ready/route";
import { GET as metrics } from "@/app/api/metrics/route";
import { registerGauges } from "@/lib/desk/gauges";
import { running } from "@/lib/process/running";
import { receiveMail } from "@/lib/inbound/ledger";
import { claimTicket } from "@/lib/tickets/claim";
import { EmailMessage } from "@/models/EmailMessageModel";
import { TicketEvent } from "@/models/TicketEventModel";
import { setEnv } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";
import { createThread, member } from "@/tests/support/factories/threads";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const CRON = "cron-secret-of-the-tests";
const METRICS = "metrics-token-of-the-tests";

beforeAll(() => setEnv({ CRON_SECRET: CRON, METRICS_TOKEN: METRICS }));

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

  test.each([{}, bearer("wrong"), bearer(METRICS)])(
    "refuses everybody without its secret",
    async (headers) => {
      expect(await call(tick, "/api/internal/tick", { method: "POST", headers })).toMatchObject({
        status: 401,
      });
    },
  );
});

describe("GET /api/metrics", () => {
  beforeAll(registerGauges);

  test("counts claims won and lost and waiting work, in Prometheus' format", async () => {
    const thread = await createThread();
    await claimTicket(thread.id, member("Priya Nair"));
    await claimTicket(thread.id, member("Tomás Rivera"));
    const response = await metrics(
      new Request("http://localhost:3000/api/metrics", { headers: bearer(METRICS) }),
      {
        params: Promise.resolve({}),
      },
    );
    const text = await response.text();
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(text).toMatch(/claimdesk_claims_total\{result="won"\} [1-9]/);
    expect(text).toMatch(/claimdesk_claims_total\{result="lost"\} [1-9]/);
    for (const name of [
      "replies_unconfirmed",
      "card_lag_seconds",
      "mail_lag_seconds",
      "nodejs_eventloop_lag_seconds",
    ]) {
      expect(text).toMatch(new RegExp(`^claimdesk_${name} [0-9.e-]+$`, "m"));
    }
    expect(text).not.toContain("@");
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
});
