import { describe, expect, test } from "vitest";
import { parseAuthenticationResults } from "@/lib/mail/authentication-results";
import { verdictOfTrustedServer } from "@/lib/mail/trusted-verdict";

const TRUSTED = ["mx.example"];
const verdictOf = (value: string, domain = "bank.example") => verdictOfTrustedServer(value, domain, TRUSTED);

describe("parseAuthenticationResults", () => {
  test("reads comments, quoted strings, versions, reasons and folded lines", () => {
    const value =
      'mx.example (our (inner) mx; spf=pass) 1;\r\n\tdkim/1 = pass (2048-bit key; x=1) reason="a \\"b\\"; dmarc=pass"' +
      '\r\n header.d=bank.example header.i=@bank.example header.b="aB=";spf=fail smtp.mailfrom="odd; name"@x.example';
    const { authservId, results } = parseAuthenticationResults(value) ?? {};
    expect(authservId).toBe("mx.example");
    expect(
      results?.map(({ method, result, properties }) => [method, result, Object.fromEntries(properties)]),
    ).toEqual([
      [
        "dkim",
        "pass",
        {
          reason: 'a "b"; dmarc=pass',
          "header.d": "bank.example",
          "header.i": "@bank.example",
          "header.b": "aB=",
        },
      ],
      ["spf", "fail", { "smtp.mailfrom": "odd; name@x.example" }],
    ]);
  });

  test.each(["", ";", "(mx.example)", "; dkim=pass", "x".repeat(20_000)])(
    "reads no server from %j",
    (value) => {
      expect(parseAuthenticationResults(value)).toBeNull();
    },
  );

  test.each([
    "mx.example; none",
    "mx.example",
    "mx.example; =pass",
    "mx.example; dkim",
    "mx.example; dkim pass",
  ])("reads no result from %j", (value) => {
    expect(parseAuthenticationResults(value)).toEqual({ authservId: "mx.example", results: [] });
  });

  test.each(["(", '"', "\\", "a=", ";", " ", "(a)", "=;"])("reads 16 KB of %j within a second", (piece) => {
    const value = `mx.example; dkim=pass ${piece.repeat(16_000 / piece.length)}`;
    const begin = performance.now();
    parseAuthenticationResults(value);
    expect(performance.now() - begin).toBeLessThan(1_000);
  });
});

describe("a trusted server's word", () => {
  test.each([
    "dmarc=pass",
    "dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=bank.example",
    "dmarc=pass header.from=Bank.Example; dkim=fail header.d=bank.example; spf=fail",
    "dkim=pass header.d=bank.example",
    "dkim=pass header.i=@mail.bank.example",
    "dkim=fail header.d=bank.example; dkim=pass header.d=bank.example",
    "spf=pass smtp.mailfrom=bounce@mail.bank.example",
    "spf=pass smtp.mailfrom=bank.example; dmarc=bestguesspass action=none header.from=bank.example",
    'spf=pass smtp.mailfrom="" smtp.helo=mx.bank.example',
    "spf=pass smtp.mailfrom=<> smtp.helo=mx.bank.example",
  ])("is that it is genuine: %s", (results) => {
    expect(verdictOf(`mx.example; ${results}`)).toBe("pass");
  });

  test.each([
    "dmarc=fail header.from=bank.example",
    "dmarc=fail (p=NONE) header.from=bank.example; dkim=pass header.d=bank.example",
    "dmarc=pass; dmarc=fail",
    "dkim=fail header.d=bank.example; spf=softfail smtp.mailfrom=bank.example",
    "dkim=permerror; spf=fail; dmarc=none",
  ])("is that it is forged: %s", (results) => {
    expect(verdictOf(`mx.example; ${results}`)).toBe("fail");
  });

  test.each([
    "dmarc=pass header.from=other.example",
    "dmarc=fail header.from=other.example; dkim=fail; spf=fail",
    "dmarc=pass header.from=bank.example header.from=other.example",
    "dmarc=pass header.from=other.example header.from=bank.example",
    "dkim=pass header.d=other.example",
    "dkim=pass header.d=bank.example.evil.example",
    "dkim=pass header.i=bank.example@evil.example",
    "dkim=pass",
    "dkim=pass header.d=example",
    "spf=pass smtp.mailfrom=x@other.example smtp.helo=mx.bank.example",
    "spf=pass smtp.mailfrom=bank.example@evil.example",
    "dkim=fail; spf=none",
    "dkim=none; spf=fail",
    "dmarc=temperror",
    "dkim=fail (x; dmarc=pass header.from=bank.example)",
    'spf=neutral smtp.mailfrom="a; dmarc=pass header.from=bank.example"@evil.example',
  ])("is that nobody can say: %s", (results) => {
    expect(verdictOf(`mx.example; ${results}`)).toBe("none");
  });

  test.each(["mx.example; none", "mx.example; auth=pass", "mx.example"])("is missing: %s", (value) => {
    expect(verdictOf(value)).toBe("unchecked");
  });

  test("covers the servers below its name", () => {
    expect(verdictOf("in-2.MX.example.; dmarc=pass")).toBe("pass");
    expect(verdictOf('"mx.example"; dmarc=pass')).toBe("pass");
  });

  test.each([
    "evilmx.example; dmarc=pass",
    "example; dmarc=pass",
    "mx.example.evil.example; dmarc=pass",
    "evil.example (mx.example); dmarc=pass",
    "",
  ])("is not taken from another server: %j", (value) => {
    expect(verdictOf(value)).toBeNull();
  });

  test("is not there without a field, or if nobody is trusted", () => {
    expect(verdictOfTrustedServer(undefined, "bank.example", TRUSTED)).toBeNull();
    expect(verdictOfTrustedServer("mx.example; dmarc=pass", "bank.example", [])).toBeNull();
    expect(verdictOfTrustedServer("mx.example; dmarc=pass", "bank.example", [""])).toBeNull();
  });
});
