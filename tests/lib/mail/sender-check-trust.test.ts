import { expect, test } from "vitest";
import { checkSender, senderCheckSettings } from "@/lib/mail/sender-check";
import { checkSettings, dnsTable } from "@/tests/support/mail/dns-table";
import { bySmtp, checked, keysOf, mailOf, signed } from "@/tests/support/mail/signed-mails";
import { setEnv } from "@/tests/support/routes/identities";

const MAIL = mailOf("Ann <ann@bank.example>");
const PASS = "Authentication-Results: mx.desk.example; dmarc=pass header.from=bank.example\r\n";
const FORGED = { "_dmarc.bank.example": "v=DMARC1; p=reject" };

async function check(raw: string, trustedIds: string[] | null, changed = {}) {
  const { resolve, asked } = dnsTable(FORGED);
  const settings = checkSettings(resolve, { trustedIds, supportDomain: "desk.example" });
  const { result } = await checkSender(await checked(raw, changed), settings);
  return { result, asked };
}

test("a posted mail is believed by default if a server of the support address's domain checked it", async () => {
  expect(await check(PASS + MAIL, null)).toEqual({ result: "pass", asked: [] });
  expect(await check(PASS + MAIL, ["other.example"])).toEqual({ result: "none", asked: [] });
});

test("a mail by SMTP is believed only if its server is named", async () => {
  const smtp = bySmtp("x@evil.example");
  expect(await check(PASS + MAIL, null, smtp)).toMatchObject({ result: "fail" });
  expect(await check(PASS + MAIL, ["desk.example"], smtp)).toEqual({ result: "pass", asked: [] });
});

test("a trusted server's word below another's does not count", async () => {
  const other = "Authentication-Results: evil.example; dmarc=none\r\n";
  expect(await check(other + PASS + MAIL, ["desk.example"])).toMatchObject({ result: "none" });
});

test("a trusted server that checked nothing is not taken for the sender's", async () => {
  const unchecked = "Authentication-Results: mx.desk.example; none\r\n";
  const smtp = bySmtp("x@evil.example");
  expect(await check(unchecked + MAIL, ["desk.example"], smtp)).toEqual({ result: "none", asked: [] });
});

test("a mail whose trusted server checked nothing is verified by its signature", async () => {
  const raw = `Authentication-Results: mx.desk.example; none\r\n${await signed(MAIL, "bank.example")}`;
  const { resolve } = dnsTable(keysOf("bank.example"));
  const settings = checkSettings(resolve, { trustedIds: ["desk.example"] });
  expect(await checkSender(await checked(raw), settings)).toMatchObject({ result: "pass" });
});

test("the settings come from the environment", () => {
  setEnv({ SUPPORT_ADDRESS: "help@Desk.Example", TRUSTED_AUTHSERV_IDS: undefined });
  expect(senderCheckSettings()).toMatchObject({ trustedIds: null, supportDomain: "desk.example" });
  setEnv({ TRUSTED_AUTHSERV_IDS: "mx.one.example,mx.two.example" });
  expect(senderCheckSettings()).toMatchObject({ trustedIds: ["mx.one.example", "mx.two.example"] });
});
