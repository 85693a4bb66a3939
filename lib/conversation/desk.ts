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

  /** True for an address of the same domain as one of the desk's. */
  isOfOwnDomain(address: string): boolean {
    const domain = domainOf(addressKey(address));
    return this.row.addresses.some((own) => domainOf(own) === domain);
  }

  isOwn(address: string): boolean {
    return this.ownAddress(address) !== null;
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
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
  const today = addressKey(env().SUPPORT_ADDRESS ?? "");
  const stored = await Desk.findById("desk").maxTimeMS(QUERY_TIME_MAX_MS).lean<StoredDesk>();
  const isComplete = stored && (today === "" || stored.addresses.includes(today));
  return new DeskAddresses(isComplete ? stored : await storeDesk(stored, today));
}

async function storeDesk(stored: StoredDesk | null, today: string): Promise<StoredDesk> {
  const { addresses, ...keys } = stored ? { addresses: [] } : await firstKeys(today);
  const added = [...addresses, today].filter((address) => address !== "");
  const update = { $setOnInsert: keys, $addToSet: { addresses: { $each: added } } };
  const write = () =>
    Desk.findOneAndUpdate({ _id: "desk" }, update, {
      upsert: true,
      returnDocument: "after",
    }).lean<StoredDesk>();
  try {
    return await write();
  } catch (error) {
    if (isDuplicateKey(error)) return write(); // another process made the row meanwhile
    throw error;
  }
}

/** The keys of what older versions stored; the oldest stays the desk's. Reads all rows once: 0.8 s for 300,000 of each. */
async function firstKeys(today: string): Promise<Omit<StoredDesk, "_id" | "takesUtf8">> {
  const oldest = await EmailThread.findOne({ inbox: trusted({ $ne: null }) }, { inbox: 1 })
    .sort({ lastMessageAt: 1, _id: 1 })
    .lean();
  const [ofThreads, ofMails] = await Promise.all([
    EmailThread.distinct("inbox"),
    InboundEmail.distinct("inbox"),
  ]);
  const stored = [oldest?.inbox, ...ofThreads, ...ofMails].filter((inbox) => typeof inbox === "string");
  const [key = today || "inbox", ...olderKeys] = [...new Set(stored)];
  const addresses = [key, ...olderKeys].filter((inbox) => inbox.includes("@")).map(addressKey);
  return { key, olderKeys, addresses };
}

/** Records whether the mail server takes addresses beyond ASCII, if that is new. */
export async function recordTakesUtf8(takesUtf8: boolean): Promise<void> {
  await readDesk(); // makes the row if there is none
  await Desk.updateOne({ _id: "desk", takesUtf8: trusted({ $ne: takesUtf8 }) }, { $set: { takesUtf8 } });
}
