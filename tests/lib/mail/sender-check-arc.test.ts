import { describe, expect, test } from "vitest";
import { checkSender, type CheckedMail } from "@/lib/mail/sender-check";
import { checkSettings, dnsTable } from "@/tests/support/mail/dns-table";
import { bySmtp, checked, keysOf, mailOf, sealed, signed } from "@/tests/support/mail/signed-mails";

const ANN = "Ann <ann@bank.example>";
const REJECT = { "_dmarc.bank.example": "v=DMARC1; p=reject" };

/** The result and the names that were asked for. */
async function check(
  raw: string,
  records: Record<string, string>,
  changed: Partial<CheckedMail>,
  trustedIds: string[],
) {
  const { resolve, asked } = dnsTable(records);
  const outcome = await checkSender(await checked(raw, changed), checkSettings(resolve, { trustedIds }));
  return { ...outcome, asked };
}

describe("a mail that somebody passed on", () => {
  const BROKEN = { ...REJECT, ...keysOf("bank.example", "lists.example", "evil.example") };
  const RESULTS = "lists.example; dmarc=pass header.from=bank.example";

  async function passedOn(by: string) {
    const changed = (await signed(mailOf(ANN), "bank.example")).replace(
      "on fire.",
      "on fire.\r\n-- \r\nThe list",
    );
    return sealed(changed, by, RESULTS);
  }

  test("is not called forged if a trusted server sealed it", async () => {
    const raw = await passedOn("lists.example");
    const from = bySmtp("list@lists.example");
    expect(await check(raw, BROKEN, from, ["lists.example"])).toMatchObject({ result: "none" });
    expect(await check(raw, BROKEN, from, ["other.example"])).toMatchObject({ result: "fail" });
  });

  test("is forged if the seal does not fit the mail", async () => {
    const raw = (await passedOn("lists.example")).replace("on fire", "on sale");
    expect(await check(raw, BROKEN, bySmtp("list@lists.example"), ["lists.example"])).toMatchObject({
      result: "fail",
    });
  });

  test("asks for no key of a seal by a server that is not trusted", async () => {
    const { asked } = await check(await passedOn("evil.example"), BROKEN, bySmtp("x@evil.example"), [
      "lists.example",
    ]);
    expect(asked.filter((name) => name.includes("evil"))).toEqual([]);
  });
});
