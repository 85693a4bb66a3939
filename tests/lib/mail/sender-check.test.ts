import { describe, expect, test } from "vitest";
import { checkSender, type CheckedMail } from "@/lib/mail/sender-check";
import { checkSettings, dnsTable } from "@/tests/support/mail/dns-table";
import { bySmtp, checked, keysOf, mailOf, signed } from "@/tests/support/mail/signed-mails";

const ANN = "Ann <ann@bank.example>";
const REJECT = { "_dmarc.bank.example": "v=DMARC1; p=reject" };
const NO_POLICY = { "_dmarc.bank.example": "v=DMARC1; p=none" };
const SPF = { "bank.example": "v=spf1 ip4:203.0.113.9 -all" };

/** The result and the names that were asked for. */
async function check(
  raw: string | Buffer,
  records: Record<string, string>,
  changed: Partial<CheckedMail> = {},
) {
  const { resolve, asked } = dnsTable(records);
  const outcome = await checkSender(await checked(raw, changed), checkSettings(resolve));
  return { ...outcome, asked };
}

describe("a mail that was posted", () => {
  test("without a signature asks the DNS nothing, and nobody can say", async () => {
    const outcome = await check(mailOf(ANN), REJECT);
    expect(outcome).toEqual({ result: "none", domain: "bank.example", asked: [] });
  });

  test("without an address in From has no domain", async () => {
    expect(await check(mailOf("Ann"), REJECT)).toEqual({ result: "none", domain: null, asked: [] });
  });

  test("passes with a signature of its From address's domain", async () => {
    const raw = await signed(mailOf(ANN), "bank.example");
    const outcome = await check(raw, keysOf("bank.example"));
    expect(outcome).toEqual({
      result: "pass",
      domain: "bank.example",
      asked: ["s1._domainkey.bank.example"],
    });
  });

  test("passes with a signature of a domain of the same owner, unless the policy is strict", async () => {
    const raw = await signed(mailOf(ANN), "mail.bank.example");
    const keys = keysOf("mail.bank.example");
    expect(await check(raw, keys)).toMatchObject({ result: "pass" });
    expect(await check(raw, { ...keys, ...REJECT })).toMatchObject({ result: "pass" });
    const strict = { "_dmarc.bank.example": "v=DMARC1; p=reject; adkim=s" };
    expect(await check(raw, { ...keys, ...strict })).toMatchObject({ result: "none" });
  });

  test("asks nothing for a signature of another owner's domain", async () => {
    const raw = await signed(mailOf(ANN), "evil.example");
    expect(await check(raw, { ...keysOf("evil.example"), ...REJECT })).toMatchObject({
      result: "none",
      asked: [],
    });
  });

  test("is forged if its body does not fit the signature and the policy asks for refusal", async () => {
    const raw = (await signed(mailOf(ANN), "bank.example")).replace("printer", "account");
    expect(await check(raw, { ...keysOf("bank.example"), ...REJECT })).toMatchObject({ result: "fail" });
    expect(await check(raw, { ...keysOf("bank.example"), ...NO_POLICY })).toMatchObject({ result: "none" });
    expect(await check(raw, keysOf("bank.example"))).toMatchObject({ result: "none" });
  });

  test("is forged if its From was changed after signing", async () => {
    const raw = (await signed(mailOf(ANN), "bank.example")).replace("ann@", "boss@");
    expect(await check(raw, { ...keysOf("bank.example"), ...REJECT })).toMatchObject({ result: "fail" });
  });

  test("is not called forged if the signature's key is gone", async () => {
    expect(await check(await signed(mailOf(ANN), "bank.example"), REJECT)).toMatchObject({ result: "none" });
  });

  test("does not pass with a signature that has expired when it came", async () => {
    const times = { signTime: new Date("2026-11-01"), expires: new Date("2026-11-02") };
    const raw = await signed(mailOf(ANN), "bank.example", times);
    const records = keysOf("bank.example");
    expect(await check(raw, records, { receivedAt: new Date("2026-11-03") })).toMatchObject({
      result: "none",
    });
    expect(await check(raw, records, { receivedAt: new Date("2026-11-01T12:00") })).toMatchObject({
      result: "pass",
    });
  });

  test("does not pass if the signature covers a part of the body only", async () => {
    const raw = (await signed(mailOf(ANN), "bank.example", { maxBodyLength: 5 })) + "Pay me.\r\n";
    expect(await check(raw, { ...keysOf("bank.example"), ...REJECT })).toMatchObject({ result: "none" });
  });

  test("does not pass with a second From that was put above the signed one", async () => {
    const raw = `From: boss@bank.example\r\n${await signed(mailOf(ANN), "bank.example")}`;
    expect(await check(raw, keysOf("bank.example"))).toMatchObject({ result: "none" });
  });

  test("passes with line feeds alone, as the signature means CRLF", async () => {
    const raw = await signed(mailOf(ANN, "One \r\n\r\nTwo\r\n\r\n\r\n"), "bank.example");
    const { resolve } = dnsTable(keysOf("bank.example"));
    const bytes = Buffer.from(raw.replaceAll("\r\n", "\n"));
    // In pieces that end within a line end.
    const pieces = [...raw].map((character) => Buffer.from(character));
    for (const parts of [[bytes], pieces]) {
      const mail = await checked(raw, {
        raw: async () =>
          (async function* () {
            yield* parts;
          })(),
      });
      expect(await checkSender(mail, checkSettings(resolve))).toMatchObject({ result: "pass" });
    }
  });
});

describe("a mail that came by SMTP", () => {
  test("passes if the sender's domain names the server and the policy agrees", async () => {
    const outcome = await check(mailOf(ANN), { ...SPF, ...REJECT }, bySmtp("ann@bank.example"));
    expect(outcome).toMatchObject({ result: "pass" });
  });

  test("is forged if the sender's domain does not name the server", async () => {
    const from = bySmtp("ann@bank.example", "198.51.100.1");
    expect(await check(mailOf(ANN), { ...SPF, ...REJECT }, from)).toMatchObject({ result: "fail" });
    expect(await check(mailOf(ANN), { ...SPF, ...NO_POLICY }, from)).toMatchObject({ result: "fail" });
    expect(await check(mailOf(ANN), SPF, from)).toMatchObject({ result: "none" });
  });

  test("passes by another domain of the same owner, unless the policy is strict", async () => {
    const spf = { "mail.bank.example": "v=spf1 ip4:203.0.113.9 -all" };
    const from = bySmtp("bounce@mail.bank.example");
    expect(await check(mailOf(ANN), { ...spf, ...REJECT }, from)).toMatchObject({ result: "pass" });
    const strict = { "_dmarc.bank.example": "v=DMARC1; p=reject; aspf=s" };
    expect(await check(mailOf(ANN), { ...spf, ...strict }, from)).toMatchObject({ result: "fail" });
  });

  test("passes by the server's own name if the sender is empty", async () => {
    const spf = { "mx.bank.example": "v=spf1 ip4:203.0.113.9 -all" };
    const peer = { address: "203.0.113.9", helo: "MX.bank.example" };
    const from = { ...bySmtp(""), peer };
    expect(await check(mailOf(ANN), { ...spf, ...REJECT }, from)).toMatchObject({ result: "pass" });
  });

  test("is forged if another domain names the server, and only From's own domain is asked", async () => {
    const outcome = await check(mailOf(ANN), { ...SPF, ...REJECT }, bySmtp("x@evil.example"));
    expect(outcome).toMatchObject({ result: "fail" });
    expect(outcome.asked.filter((name) => name.includes("evil"))).toEqual([]);
  });

  test("passes with a good signature, whoever handed it over", async () => {
    const raw = await signed(mailOf(ANN), "bank.example");
    const records = { ...SPF, ...REJECT, ...keysOf("bank.example") };
    expect(await check(raw, records, bySmtp("list@lists.example", "198.51.100.1"))).toMatchObject({
      result: "pass",
    });
  });

  test.each(["127.0.0.1", "10.1.2.3", "::1", "fd00::1", "::ffff:192.168.1.1", "172.31.0.1"])(
    "says nothing about its sender if a server of ours handed it over: %s",
    async (address) => {
      const outcome = await check(mailOf(ANN), { ...SPF, ...REJECT }, bySmtp("x@evil.example", address));
      expect(outcome).toMatchObject({ result: "none", asked: [] });
    },
  );

  test("is not called forged if it has the empty sender and no policy", async () => {
    expect(await check(mailOf(ANN), SPF, bySmtp(""))).toMatchObject({ result: "none" });
  });
});
