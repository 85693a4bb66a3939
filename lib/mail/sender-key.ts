import "server-only";

/** The From field is looked for in this much of a mail. */
const BEGINNING_BYTES = 16 * 1024;

/**
 * A name for the sender of a raw mail, as it stands in its From field, unverified; "" if there is none. The same sender
 * usually has the same name. Reads at most the first 16 KB, in linear time.
 */
export function senderKey(raw: Uint8Array): string {
  const beginning = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, BEGINNING_BYTES));
  const field = /(?:^|[\r\n])from:([^\r\n]*)/i.exec(beginning.toString("latin1"))?.[1] ?? "";
  const address = /<([^<>]*)>/.exec(field)?.[1] ?? field;
  return address.trim().toLowerCase().slice(0, 254);
}
