import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import mongoose from "mongoose";

const { BSON } = mongoose.mongo;

export type Written = { documents: number; sha256: string };

/** Writes raw BSON documents one after the other, in the format of mongodump. Returns their number and hash. */
export async function writeBson(file: string, documents: AsyncIterable<Uint8Array>): Promise<Written> {
  const hash = createHash("sha256");
  const out = createWriteStream(file, { mode: 0o600 });
  let count = 0;
  for await (const document of documents) {
    hash.update(document);
    count += 1;
    if (!out.write(document)) await once(out, "drain");
  }
  out.end();
  await finished(out);
  return { documents: count, sha256: hash.digest("hex") };
}

/** The documents of a file in the format of mongodump. Throws if the file ends inside one. */
export async function* readBson(file: string): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk as Buffer]); // a read stream without an encoding gives buffers
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const size = rest.readInt32LE(0);
      yield rest.subarray(0, size);
      rest = rest.subarray(size);
    }
  }
  if (rest.length > 0) throw new Error(`${file} ends in the middle of a document; the backup is incomplete.`);
}

export function decodeBson(document: Uint8Array): Record<string, unknown> {
  // Keeps the types the server sent, so that restored documents are equal byte for byte.
  return BSON.deserialize(document, { promoteValues: false, promoteBuffers: false }) as Record<
    string,
    unknown
  >;
}
