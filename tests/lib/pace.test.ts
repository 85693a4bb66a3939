import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POST as claim } from "@/app/api/emails/claim/route";
import { GET as counts } from "@/app/api/emails/tickets/counts/route";
import { POST as inbound } from "@/app/api/emails/inbound/route";
import { POST as signIn } from "@/app/api/demo/session/route";
import { ROUTES, type RouteKey } from "@/lib/auth/access";
import { addressOf } from "@/lib/http/address";
import { paceOf } from "@/lib/http/route-pace";
import { keepPace, PACES, TooFastError, type Pace } from "@/lib/pace";
import { FREE_MAX } from "@/lib/pace-slices";
import { RateLimit } from "@/models/RateLimitModel";
import { commandsOf } from "@/tests/support/database/commands";
import { cutCommands, systemError } from "@/tests/support/database/socket-faults";
import { fromPeer } from "@/tests/support/routes/peer";
import { demoIdentity, setEnv } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";
import { createThread, storedThread } from "@/tests/support/factories/threads";

const root = path.resolve(import.meta.dirname, "..", "..");
const setFactor = (factor: string) => setEnv({ RATE_LIMIT_FACTOR: factor });

beforeAll(() => {
  demoIdentity.use();
  setFactor("1");
});
afterAll(() => setFactor("1000"));

/** How many of `times` simultaneous requests a separate process lets pass. */
async function inProcess(pace: Pace, sender: string, times: number): Promise<number> {
  const { stdout } = await promisify(execFile)(
    path.join(root, "node_modules", ".bin", "tsx"),
    [
      "--conditions=react-server",
      path.join("tests", "support", "desk", "pace-process.ts"),
      pace,
      sender,
      String(times),
    ],
    { cwd: root, env: { ...process.env, NODE_ENV: "test" } },
  );
  return Number(stdout);
}

describe("keepPace", () => {
  const passedInFour = async (pace: Pace, times: number) => {
    const passed = await Promise.all([1, 2, 3, 4].map(() => inProcess(pace, "user_in_four", times)));
    return passed.reduce((sum, count) => sum + count, 0);
  };

  test.each([
    ["reply", 20],
    ["anonymous", 30],
    ["closed", 250],
  ] as const)("lets exactly the limit of %s pass in four processes together", async (pace, times) => {
    expect(await passedInFour(pace, times)).toBe(PACES[pace].perMinute);
  });

  test("lets at most five changes for each of four processes pass above the limit, and no fewer than the limit", async () => {
    const passed = await passedInFour("change", 2 * PACES.change.perMinute);
    expect(passed).toBeGreaterThanOrEqual(PACES.change.perMinute);
    expect(passed).toBeLessThanOrEqual(PACES.change.perMinute + 4 * FREE_MAX);
  });

  test("counts reads in each process by itself", async () => {
    expect(await passedInFour("read", 160)).toBe(640);
    expect(await inProcess("read", "user_alone", 650)).toBe(PACES.read.perMinute);
  });

  test("counts changes in the database a tenth of the limit at a time, without a wait", async () => {
    const sender = "user_in_slices";
    const commands = await commandsOf(async () => {
      for (let turn = 0; turn < 60; turn += 1) {
        await keepPace("change", sender);
        await expect.poll(() => RateLimit.exists({ key: `change:${sender}` })).toBeTruthy();
      }
    });
    const counted = commands.filter(({ name }) => name === "findAndModify");
    expect(counted.length).toBeLessThanOrEqual(6);
    expect(await RateLimit.findOne({ key: `change:${sender}` }).lean()).toMatchObject({ points: 60 });
  });

  test("fails for changes beyond the first five while the database does not count them", async () => {
    const faults = cutCommands({
      command: "findAndModify",
      collection: RateLimit.collection.collectionName,
      at: "unwritten",
      error: () => systemError("ECONNRESET"),
      times: 1_000,
    });
    const asked = Array.from({ length: 12 }, () => keepPace("change", "user_uncounted"));
    const failed = (await Promise.allSettled(asked)).filter(({ status }) => status === "rejected");
    faults.stop();
    expect(failed).toHaveLength(12 - FREE_MAX);
    await expect(keepPace("change", "user_uncounted")).resolves.toBeUndefined();
  });

  test("counts each sender and each pace separately", async () => {
    for (let turn = 0; turn < PACES.reply.perMinute; turn += 1) await keepPace("reply", "user_a");
    await expect(keepPace("reply", "user_a")).rejects.toThrow(TooFastError);
    await expect(keepPace("reply", "user_b")).resolves.toBeUndefined();
    await expect(keepPace("change", "user_a")).resolves.toBeUndefined();
  });

  test("forgets a minute that is over, and an index removes its row", async () => {
    for (let turn = 0; turn < PACES.reply.perMinute; turn += 1) await keepPace("reply", "user_later");
    await expect(keepPace("reply", "user_later")).rejects.toThrow(TooFastError);
    await RateLimit.updateOne({ key: "reply:user_later" }, { expire: new Date(Date.now() - 1) });
    // Another process: this one has refused the sender and does so until its minute is over.
    expect(await inProcess("reply", "user_later", 1)).toBe(1);
    const indexes = await RateLimit.collection.indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { key: 1 }, unique: true }));
    expect(indexes).toContainEqual(expect.objectContaining({ key: { expire: -1 }, expireAfterSeconds: 0 }));
  });
});

describe("a route", () => {
  test("answers 429 with a retry-after, and does nothing", async () => {
    const { id } = await createThread();
    const who = demoIdentity.headersOf("tomas");
    const pass = () => keepPace("change", "POST /api/emails/claim user_demo_tomas");
    for (let turn = 0; turn < PACES.change.perMinute; turn += 1) await pass();
    await expect.poll(() => pass().then(() => "passed", String)).toMatch(/more than the desk takes/);
    const answer = await post(claim, "/api/emails/claim", { threadId: id }, who);
    expect(answer).toMatchObject({
      status: 429,
      body: { error: expect.stringMatching(/Try again in \d+ s\.$/), reason: "too_many_requests" },
    });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect(await storedThread(id)).toMatchObject({ assignedTo: null, revision: 1 });
    expect(
      (await post(claim, "/api/emails/claim", { threadId: id }, demoIdentity.headersOf("maya"))).status,
    ).toBe(200);
  });

  test("lets a reader poll, and stops one that asks too often", async () => {
    const who = demoIdentity.headersOf("priya");
    const statuses = new Set<number>();
    for (let turn = 0; turn <= PACES.read.perMinute; turn += 1) {
      statuses.add((await call(counts, "/api/emails/tickets/counts", { headers: who })).status);
    }
    expect([...statuses]).toEqual([200, 429]);
  });

  test("stops an address that keeps signing in or trying secrets", async () => {
    const from = (address: string) => ({
      ...fromPeer(address),
      "content-type": "application/x-www-form-urlencoded",
    });
    const form = "member=user_demo_maya";
    const enter = (address: string) =>
      call(signIn, "/api/demo/session", { method: "POST", body: form, headers: from(address) });
    for (let turn = 0; turn < PACES.anonymous.perMinute; turn += 1)
      expect((await enter("127.0.0.11")).status).toBe(303);
    expect((await enter("127.0.0.11")).status).toBe(429);
    expect((await enter("127.0.0.12")).status).toBe(303);

    const guess = () =>
      call(inbound, "/api/emails/inbound", {
        method: "POST",
        headers: { ...from("192.0.2.9"), authorization: "Bearer no" },
      });
    for (let turn = 0; turn < PACES.closed.perMinute; turn += 1) await guess();
    expect((await guess()).status).toBe(429);
  });

  test("has a pace, except the health routes", () => {
    const keys = Object.keys(ROUTES) as RouteKey[];
    const free = keys.filter((key) => paceOf(key) === null);
    expect(free).toEqual(["GET /api/health/live", "GET /api/health/ready"]);
    expect(paceOf("POST /api/emails/reply")).toBe("reply");
  });
});

describe("addressOf", () => {
  const of = (headers: Record<string, string>, hops = "0") => {
    setEnv({ TRUSTED_PROXY_HOPS: hops });
    return addressOf(new Headers(headers));
  };
  const peer = fromPeer("203.0.113.7");

  test("trusts X-Forwarded-For only for as many proxies as configured", () => {
    const forwarded = { ...peer, "x-forwarded-for": "1.1.1.1, 2.2.2.2, 3.3.3.3" };
    expect(of(forwarded)).toBe("203.0.113.7");
    expect(of(forwarded, "1")).toBe("3.3.3.3");
    expect(of(forwarded, "2")).toBe("2.2.2.2");
    expect(of(forwarded, "9")).toBe("203.0.113.7");
    expect(of({}, "1")).toBe("unknown");
  });

  test("believes no peer that the client names itself", () => {
    expect(of({ "x-desk-peer": "203.0.113.7" })).toBe("unknown");
    expect(of({ "x-desk-peer": `${"0".repeat(64)} 203.0.113.7` })).toBe("unknown");
    expect(of({ "x-desk-peer": " 203.0.113.7" })).toBe("unknown");
  });

  test("treats a 64-bit network of IPv6 as one sender", () => {
    const sender = (address: string) => of(fromPeer(address));
    expect(sender("2001:db8:1:2:aaaa::1")).toBe(sender("2001:0DB8:1:2:ffff:1:2:3"));
    expect(sender("2001:db8:1:3::1")).not.toBe(sender("2001:db8:1:2::1"));
    expect(sender("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(sender("fe80::1%eth0")).toBe("fe80:0:0:0");
  });
});
