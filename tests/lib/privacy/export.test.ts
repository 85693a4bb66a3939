import { afterEach, expect, test } from "vitest";
import { countCustomer } from "@/lib/privacy/count";
import { exportCustomer } from "@/lib/privacy/export";
import { EmailMessage } from "@/models/EmailMessageModel";
import { createLedgerRow } from "@/tests/support/factories/ledger-rows";
import { profiled } from "@/tests/support/database/profiled";
import { deliver, rawMail } from "@/tests/support/factories/inbound-mails";
import { replyToTicket } from "@/lib/tickets/reply";
import { member } from "@/tests/support/factories/threads";
import {
  customerOf,
  emptyDesk,
  mailFrom,
  newAddress,
  SECRET_FILE,
  SECRET_TEXT,
  setRetention,
  retainAll,
} from "@/tests/support/privacy/customers";
import { readZip } from "@/tests/support/privacy/zip";

afterEach(emptyDesk);

async function exported(address: string) {
  const customer = customerOf(address);
  const stream = exportCustomer(customer, await countCustomer(customer));
  const entries = readZip(Buffer.from(await new Response(stream).arrayBuffer()));
  const text = (ending: string) =>
    [...entries].filter(([name]) => name.endsWith(ending)).map(([, bytes]) => bytes.toString());
  return { names: [...entries.keys()], entries, text };
}

test("has the customer's tickets, messages, replies, raw mails and files, byte for byte", async () => {
  const address = newAddress();
  const raw = mailFrom(address);
  const { threadId, message } = await deliver(raw, { from: address });
  await replyToTicket({ threadId, text: "Dear Ann", lastSeenMessageId: message._id }, member("Priya"));
  const failed = Buffer.from(mailFrom(address));
  await createLedgerRow({ envelopeFrom: address, raw: failed });
  await deliver(rawMail(), { from: "somebody@example.com" });

  const { names, text } = await exported(address.toUpperCase());
  expect(names).toHaveLength(6);
  expect(JSON.parse(text("customer.json")[0] ?? "")).toMatchObject({
    address: address.toLowerCase(),
    tickets: 1,
    messages: 2,
    rawMails: 2,
  });
  expect(JSON.parse(text("ticket.json")[0] ?? "")).toMatchObject({
    subject: "About account 4711",
    from: address,
  });
  const messages = JSON.parse(text("messages.json")[0] ?? "");
  expect(messages).toMatchObject([
    { text: SECRET_TEXT, from: address },
    { text: "Dear Ann", to: [address] },
  ]);
  expect(text(".eml").sort()).toEqual([raw.toString(), failed.toString()].sort());
  expect(text("passport.pdf")).toEqual([SECRET_FILE]);
  expect(JSON.stringify(names)).not.toContain("somebody");
});

test("has nothing of other people in the same ticket", async () => {
  const [ann, bob] = [newAddress(), newAddress()];
  const { message } = await deliver(mailFrom(ann), { from: ann });
  await deliver(
    mailFrom(bob, { header: { "In-Reply-To": message.rfcMessageId, Cc: ann }, body: "Bob writes this." }),
  );
  const { entries } = await exported(ann);
  expect(Buffer.concat([...entries.values()]).toString()).not.toContain("Bob writes this.");
});

test("of an address that nobody wrote from is an archive that says so", async () => {
  const { names, text } = await exported("nobody@example.com");
  expect(names).toEqual(["customer.json"]);
  expect(JSON.parse(text("customer.json")[0] ?? "")).toMatchObject({ tickets: 0, messages: 0 });
});

test("says which texts are no longer stored", async () => {
  const address = newAddress();
  await deliver(mailFrom(address), { from: address });
  await EmailMessage.updateMany({}, { text: "", emptiedAt: new Date() });
  await setRetention({ rawMailDays: 1 });
  await retainAll(new Date(Date.now() + 2 * 86_400_000));
  const { text } = await exported(address);
  expect(JSON.parse(text("messages.json")[0] ?? "")).toMatchObject([
    { text: "", textRemovedAt: expect.any(String) },
  ]);
  expect(text(".eml")).toEqual([]);
});

test("is read while it is sent: who takes 3 MB has made the database read hardly more", async () => {
  const address = newAddress();
  const { message } = await deliver(mailFrom(address, { body: "first" }), { from: address });
  await EmailMessage.insertMany(
    Array.from({ length: 40 }, (_, index) => ({
      ...message,
      _id: index.toString(16).padStart(64, "0"),
      text: "x".repeat(1_000_000),
      attachments: [],
    })),
  );
  const customer = customerOf(address);
  const reads = await profiled(EmailMessage, async () => {
    const reader = exportCustomer(customer, await countCustomer(customer)).getReader();
    let taken = 0;
    for (let part = await reader.read(); !part.done && taken < 3_000_000; part = await reader.read()) {
      taken += part.value.byteLength;
    }
    await reader.cancel();
  });
  const bytes = reads.reduce((sum, { responseLength }) => sum + responseLength, 0);
  expect(bytes).toBeGreaterThan(3_000_000);
  expect(bytes).toBeLessThan(7_000_000);
});
