import { beforeAll, describe, expect, test } from "vitest";
import { checkSender } from "@/lib/mail/sender-check";
import { DNS_LIMITS, newDnsWatch, type Resolve } from "@/lib/mail/sender-dns";
import { checkSettings, dnsError, dnsTable } from "@/tests/support/mail/dns-table";
import { bySmtp, checked, keysOf, mailOf, sealed, signed } from "@/tests/support/mail/signed-mails";

const ANN = "Ann <ann@bank.example>";
const RECORDS = { ...keysOf("bank.example"), "_dmarc.bank.example": "v=DMARC1; p=reject" };
const NOW = Date.parse("2026-11-27T10:00:00Z");

async function timed<Value>(work: () => Promise<Value>): Promise<Value & { ms: number }> {
  const begin = performance.now();
  const value = await work();
  return { ...value, ms: performance.now() - begin };
}

/** A DNS that fails like this at every question. */
function failing(fail: () => Promise<never>): { resolve: Resolve; asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    resolve: () => {
      asked += 1;
      return fail();
    },
  };
}

// The first mail starts the thread, which takes a while.
beforeAll(async () => {
  const mail = await checked(await signed(mailOf(ANN), "bank.example"));
  await checkSender(mail, checkSettings(dnsTable(RECORDS).resolve));
});

describe("without a network", () => {
  test("nobody can say, and for 60 s no mail asks again", async () => {
    const { resolve, asked } = failing(async () => Promise.reject(dnsError("ECONNREFUSED")));
    const settings = checkSettings(resolve);
    const mail = await checked(await signed(mailOf(ANN), "bank.example"), bySmtp("x@evil.example"));
    const seen = [];
    for (const seconds of [0, 1, 59, 61, 62]) {
      const { result } = await checkSender(mail, settings, NOW + seconds * 1_000);
      seen.push([result, asked()]);
    }
    const [first, , , again] = seen.map(([, count]) => Number(count));
    expect(first).toBeGreaterThan(0);
    expect(again).toBeGreaterThan(first ?? 0);
    expect(seen).toEqual([0, 0, 0, 1, 1].map((index) => ["none", [first, again][index]]));
  });

  test("three mails in a row without any answer make it stop asking, whatever one slow domain does", async () => {
    const slow: Resolve = () => new Promise(() => undefined);
    const limits = { ...DNS_LIMITS, oneMs: 5 };
    const watch = newDnsWatch();
    const mail = await checked(await signed(mailOf(ANN), "bank.example"));
    const checks = (resolve: Resolve) => checkSender(mail, checkSettings(resolve, { watch, limits }), NOW);
    await checks(slow);
    await checks(slow);
    expect(await checks(dnsTable(RECORDS).resolve)).toMatchObject({ result: "pass" });
    await checks(slow);
    await checks(slow);
    expect(watch.awayUntil).toBe(0);
    await checks(slow);
    expect(watch.awayUntil).toBe(NOW + 60_000);
  });
});

describe("a slow DNS", () => {
  test("keeps a mail for the time of its limits, and it is not called forged", async () => {
    const slow: Resolve = () => new Promise(() => undefined);
    const settings = checkSettings(slow, { limits: { ...DNS_LIMITS, totalMs: 60, oneMs: 40 } });
    const raw = (await signed(mailOf(ANN), "bank.example")) + "More.\r\n";
    const { result, ms } = await timed(async () =>
      checkSender(await checked(raw, bySmtp("ann@bank.example")), settings),
    );
    expect(result).toBe("none");
    expect(ms).toBeLessThan(1_500);
  });

  test.each([
    ["the policy", "_dmarc.bank.example", async () => mailOf(ANN)],
    ["the server's names", "bank.example", async () => mailOf(ANN)],
    ["the signature's key", "s1._domainkey.bank.example", () => signed(mailOf(ANN), "bank.example")],
    [
      "the key of a trusted server's seal",
      "s1._domainkey.lists.example",
      () => sealed(mailOf(ANN), "lists.example", "lists.example; dmarc=pass"),
    ],
  ])("for %s alone leaves a mail without a verdict", async (_, name, making) => {
    const { resolve } = dnsTable({ ...RECORDS, ...keysOf("lists.example") });
    const slow: Resolve = (asked, type) =>
      asked === name ? Promise.reject(dnsError("ESERVFAIL")) : resolve(asked, type);
    const mail = await checked(await making(), bySmtp("ann@bank.example", "198.51.100.1"));
    const settings = { trustedIds: ["lists.example"] };
    expect(await checkSender(mail, checkSettings(slow, settings))).toMatchObject({ result: "none" });
  });

  test("is asked for 30 names at most", async () => {
    const { resolve, asked } = dnsTable({
      "bank.example": `v=spf1 ${Array.from({ length: 60 }, (_, at) => `include:s${at}.bank.example`).join(" ")} -all`,
    });
    const deep = `x@${"a.".repeat(60)}bank.example`;
    await checkSender(await checked(mailOf(deep), bySmtp("ann@bank.example")), checkSettings(resolve));
    expect(asked.length).toBeLessThanOrEqual(DNS_LIMITS.lookups);
  });
});

describe("hostile mail", () => {
  const check = (raw: string | Buffer) =>
    timed(async () => {
      const { resolve, asked } = dnsTable(RECORDS);
      const outcome = await checkSender(await checked(raw), checkSettings(resolve));
      return { ...outcome, asked: asked.length };
    });

  test("with 100 signatures has five of them verified, all of From's own domain", async () => {
    const raw = mailOf(ANN);
    const signature = async (body: string, domain: string) =>
      (await signed(mailOf(ANN, body), domain)).slice(0, -mailOf(ANN, body).length);
    const own = await signed(raw, "bank.example");
    const others = (await signature("Hello", "evil.example")).repeat(100);
    const broken = await signature("Other", "bank.example");
    expect(await check(others + own)).toMatchObject({ result: "pass", asked: 1 });
    expect(await check(others + broken.repeat(4) + own)).toMatchObject({ result: "pass" });
    expect(await check(broken.repeat(5) + own)).toMatchObject({ result: "fail" });
    expect((await check(broken.repeat(100) + own)).ms).toBeLessThan(3_000);
  });

  test("with 500 signatures ends soon", async () => {
    const own = await signed(mailOf(ANN), "bank.example");
    const { result, ms } = await check(own.slice(0, -mailOf(ANN).length).repeat(500) + mailOf(ANN));
    expect(result).toBe("none");
    expect(ms).toBeLessThan(3_000);
  });

  test.each([
    ["300 KB of one field", `X-Long: ${"a".repeat(300_000)}\r\n`],
    ["40,000 lines of one field", `X-Long: a\r\n${" b\r\n".repeat(40_000)}`],
    ["100 KB of white space", `X-Long: a${" ".repeat(100_000)}b\r\n`],
    ["30,000 fields", "A: b\r\n".repeat(30_000)],
  ])("with a head of %s ends soon", async (_, field) => {
    const raw = field + (await signed(mailOf(ANN), "bank.example"));
    const bytes = Buffer.from(raw);
    // The parser would refuse such a head as well, so its reading is left out.
    const mail = await checked(await signed(mailOf(ANN), "bank.example"), {
      raw: async () =>
        (async function* () {
          yield bytes;
        })(),
    });
    const { result, ms } = await timed(() => checkSender(mail, checkSettings(dnsTable(RECORDS).resolve)));
    expect(result).toBe("none");
    expect(ms).toBeLessThan(3_000);
  });

  test("with a body of 40 MB is verified within the limit, and the event loop stays free", async () => {
    const line = `${"QUJD".repeat(19)}\r\n`;
    const body = line.repeat(Math.ceil((40 * 1024 * 1024) / line.length));
    const raw = Buffer.from(await signed(mailOf(ANN, body), "bank.example"));
    let longest = 0;
    let last = performance.now();
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const { result } = await check(raw);
    clearInterval(ticking);
    expect(result).toBe("pass");
    expect(longest).toBeLessThan(1_000);
  }, 60_000);

  test("with a body of twenty million short lines is given up", async () => {
    const body = Buffer.alloc(40 * 1024 * 1024 - 2_000, " \n").toString("latin1");
    const raw = Buffer.from((await signed(mailOf(ANN, "short"), "bank.example")) + body);
    const { result } = await check(raw);
    expect(result).toBe("none");
    // Other mails are not cut off with it.
    expect(await check(await signed(mailOf(ANN), "bank.example"))).toMatchObject({ result: "pass" });
  }, 60_000);

  test("with a line of 40 MB ends soon", async () => {
    const body = Buffer.alloc(40 * 1024 * 1024, "a").toString("latin1");
    const raw = Buffer.from(await signed(mailOf(ANN, "short"), "bank.example")).toString("latin1") + body;
    const { result, ms } = await check(Buffer.from(raw, "latin1"));
    expect(result).toBe("none");
    expect(ms).toBeLessThan(3_000);
  }, 60_000);
});
