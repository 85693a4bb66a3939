import "server-only";
import { env } from "@/lib/env";
import { addressKey } from "@/lib/mail/address";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { Desk, type StoredDesk } from "@/models/DeskModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";

/** The addresses of the desk, its earlier ones included. */
export class DeskAddresses {
  constructor(
    private readonly row: Pick<StoredDesk, "key" | "olderKeys" | "addresses"> & Partial<StoredDesk>,
  ) {}

  /** Goes into the ids of what is stored. Never changes. */
  get key(): string {
    return this.row.key;
  }

  /** The keys that Message-IDs may be stored under, the present one first. */
  get keys(): string[] {
    return [this.row.key, ...this.row.olderKeys];
  }

  /** Today's support address; null if none is configured. */
  get today(): string | null {
    return env().SUPPORT_ADDRESS?.toLowerCase() ?? null;
  }

  /** False if the mail server said that it takes no addresses beyond ASCII. */
  get takesUtf8(): boolean {
    return this.row.takesUtf8 !== false;
  }

  /** The desk's address that this is, or of which it is a tagged form (support+tag@…); null if it is somebody else's. */
  ownAddress(address: string): string | null {
    const key = addressKey(address);
    const found = this.row.addresses.find((own) => key === own || isTagged(key, own));
    return found ?? null;
  }

  isOwn(address: string): boolean {
    return this.ownAddress(address) !== null;
  }
}

function isTagged(key: string, own: string): boolean {
  const at = own.lastIndexOf("@");
  return key.startsWith(`${own.slice(0, at)}+`) && key.endsWith(own.slice(at));
}

/**
 * The desk's addresses as stored, today's among them. Stores today's if it is new, and makes the row if there is none: its
 * key is then that of the mails already stored, or today's address.
 */
export async function readDesk(): Promise<DeskAddresses> {
  const own = env().SUPPORT_ADDRESS ? [addressKey(env().SUPPORT_ADDRESS ?? "")] : [];
  const stored = await Desk.findById("desk").maxTimeMS(QUERY_TIME_MAX_MS).lean<StoredDesk>();
  if (stored && own.every((address) => stored.addresses.includes(address))) return new DeskAddresses(stored);
  const keys = stored ? {} : { $setOnInsert: await firstKeys(own[0] ?? "inbox") };
  return new DeskAddresses(await addAddresses(keys, own));
}

async function addAddresses(keys: object, addresses: string[]): Promise<StoredDesk> {
  const update = { ...keys, $addToSet: { addresses: { $each: addresses } } };
  try {
    return await Desk.findOneAndUpdate({ _id: "desk" }, update, {
      upsert: true,
      returnDocument: "after",
    }).lean<StoredDesk>();
  } catch (error) {
    if (isDuplicateKey(error)) return addAddresses(keys, addresses); // another process was faster
    throw error;
  }
}

/** The keys of what older versions stored; the oldest of them stays the desk's. */
async function firstKeys(today: string): Promise<Omit<StoredDesk, "_id">> {
  const oldest = await EmailThread.findOne({ inbox: trusted({ $ne: null }) }, { inbox: 1 })
    .sort({ lastMessageAt: 1, _id: 1 })
    .lean();
  const [ofThreads, ofMails] = await Promise.all([
    EmailThread.distinct("inbox"),
    InboundEmail.distinct("inbox"),
  ]);
  const stored = [oldest?.inbox, ...ofThreads, ...ofMails].filter((inbox) => typeof inbox === "string");
  const [key = today, ...olderKeys] = [...new Set(stored)];
  const isAddress = (inbox: string) => inbox.includes("@");
  return { key, olderKeys, addresses: stored.filter(isAddress) };
}
