import mongoose from "mongoose";
import { toCustomer, type Customer } from "@/lib/privacy/customer";
import { discardStep } from "@/lib/privacy/discard-files";
import { eraseStep } from "@/lib/privacy/erasure";
import { retentionStep } from "@/lib/privacy/retention";
import { changeSettings, readSettings } from "@/lib/team/settings";
import type { Retention } from "@/lib/api/vocabulary";
import { multipart, rawMail } from "@/tests/support/factories/inbound-mails";
import { admin } from "@/tests/support/factories/threads";

/** Empties the desk: every collection, and every stored file. */
export async function emptyDesk(): Promise<void> {
  const collections = (await mongoose.connection.db?.collections()) ?? [];
  const own = collections.filter(({ collectionName }) => !collectionName.startsWith("system."));
  await Promise.all(own.map((collection) => collection.deleteMany({})));
}

let made = 0;

/** An address that no other test uses, with a capital letter. */
export function newAddress(): string {
  made += 1;
  return `Ann.Smith${made}@customers.example`;
}

export function customerOf(address: string): Customer {
  const customer = toCustomer(address);
  if (!customer) throw new Error(`${address} is no address.`);
  return customer;
}

export const SECRET_TEXT = "My account number is 4711.";
export const SECRET_FILE = "the scanned passport";

type Extra = { header?: Record<string, string | null>; body?: string };

/** A mail from `address` with a text and a file that nobody may find after an erasure. */
export function mailFrom(address: string, { header = {}, body = SECRET_TEXT }: Extra = {}): Buffer {
  const parts = multipart(
    "mixed",
    `Content-Type: text/plain\r\n\r\n${body}`,
    `Content-Type: application/pdf; name=passport.pdf\r\nContent-Disposition: attachment\r\n\r\n${SECRET_FILE}`,
  );
  return rawMail({
    ...parts,
    header: { From: `Ann Smith <${address}>`, Subject: "About account 4711", ...parts.header, ...header },
  });
}

export async function setRetention(retention: Partial<Retention>): Promise<void> {
  const { revision } = await readSettings();
  const all = { rawMailDays: null, closedBodiesDays: null, ...retention };
  const changed = await changeSettings({ retention: all, revision }, admin());
  if (!changed.ok) throw new Error("The settings changed meanwhile.");
}

export async function retainAll(now: Date): Promise<void> {
  while ((await retentionStep(now)).worked || (await discardStep(now)).worked);
}

/** Runs the erasure follower until nothing is due at `now`. */
export async function eraseAll(now = new Date()): Promise<void> {
  while ((await eraseStep(now)).worked);
}

/** Every place in the whole database, GridFS too, whose bytes contain one of `words`, as "collection/_id". */
export async function placesOf(...words: string[]): Promise<string[]> {
  const db = mongoose.connection.db;
  if (!db) throw new Error("Not connected.");
  const found: string[] = [];
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    if (name.startsWith("system.")) continue;
    const documents = db.collection(name).find({}, { raw: true }) as unknown as AsyncIterable<Buffer>;
    for await (const bytes of documents) {
      const text = Buffer.from(bytes).toString("utf8").toLowerCase();
      if (words.some((word) => text.includes(word.toLowerCase()))) {
        found.push(`${name}/${String(mongoose.mongo.BSON.deserialize(bytes)._id)}`);
      }
    }
  }
  return found;
}
