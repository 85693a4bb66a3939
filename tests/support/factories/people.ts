import { addressKey } from "@/lib/mail/address";
import type { StoredNewcomer, StoredParticipant, StoredThread } from "@/models/EmailThreadModel";
import { createThread } from "./threads";

let made = 0;

/** Somebody copied, as a thread stores them. */
export function participant(address: string, overrides: Partial<StoredParticipant> = {}): StoredParticipant {
  return { key: addressKey(address), address, name: null, role: "copied", at: new Date(), ...overrides };
}

/** Somebody who wrote and is no participant, as a thread stores them. */
export function newcomer(address: string, overrides: Partial<StoredNewcomer> = {}): StoredNewcomer {
  const messageId = "a".repeat(64);
  return {
    key: addressKey(address),
    address,
    name: null,
    messageId,
    why: "wrote",
    at: new Date(),
    ...overrides,
  };
}

/** Stores a thread with its customer and `cc` as participants, and no mail. */
export async function ticketWith(
  { cc = [], replyTo = [] }: { cc?: string[]; replyTo?: string[] },
  overrides: Partial<StoredThread> = {},
) {
  made += 1;
  const from = overrides.from ?? `customer${made}@people.example`;
  const participants = [
    participant(from, { role: "customer" }),
    ...cc.map((address) => participant(address)),
  ];
  return createThread({ from, participants, newcomers: [], replyTo, ...overrides });
}
