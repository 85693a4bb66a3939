import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMailCatcher, type MailCatcher } from "@/scripts/stand-ins/mail-catcher/server";

let catcher: MailCatcher;

beforeAll(async () => void (catcher = await startMailCatcher()));
afterAll(() => catcher.close());

const page = async (path: string) => (await fetch(`http://127.0.0.1:${catcher.httpPort}${path}`)).text();

async function send(subject: string, text: string) {
  const transport = createTransport(catcher.smtpUrl);
  await transport.sendMail({ from: "a@desk.example", to: "b@customers.example", subject, text });
  transport.close();
}

test("the mail catcher says that no mail leaves this machine, before there is any", async () => {
  expect(await page("/")).toMatch(/Nothing leaves this machine.*No mail yet/s);
});

test("the mail catcher shows mails as a page, as JSON and as they were sent", async () => {
  await send("First", "One\n");
  await send("Second", "Two\n");
  const html = await page("/");
  expect(html.indexOf("Second")).toBeLessThan(html.indexOf("First"));
  const listed: unknown = JSON.parse(await page("/mails"));
  expect(listed).toMatchObject([
    { subject: "First", envelopeTo: ["b@customers.example"] },
    { subject: "Second" },
  ]);
  const id = catcher.mails()[0]?.id ?? "";
  expect(await page(`/mails/${id}/raw`)).toMatch(/^Subject: First\r$/m);
  expect(await page("/mails/none/raw")).toBe("There is no such mail here.\n");
});

test("the mail catcher takes unusual addresses, byte for byte", async () => {
  const to = ['"front desk"@inn.example', "build@ci_server.example", "björn@inn.example"];
  const transport = createTransport(catcher.smtpUrl);
  await transport.sendMail({ envelope: { from: "a@desk.example", to }, raw: "Subject: Odd\r\n\r\nHi" });
  transport.close();
  expect(catcher.mails().at(-1)?.envelopeTo).toEqual(to);
});

test("the mail catcher's page runs no code of a mail", async () => {
  await send(`<script>alert("1")</script>`, `<img src=x onerror='alert(1)'> &amp;`);
  const html = await page("/");
  expect(html).not.toMatch(/<script|<img/);
  expect(html).toContain("&#60;img src=x onerror=&#39;alert(1)&#39;&#62; &#38;amp;");
});
