// `npm run drill`: proves that a backup of MONGODB_URI's database can be restored. Takes one, restores it into a fresh
// mongod, compares counts and bytes, and recomputes the hash of every raw mail. Changes nothing in the database.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import mongoose from "mongoose";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { startMongod } from "@/scripts/mongod";
import { restoreBackup, takeBackup } from "./backup";
import { checkRawMails } from "./raw-mails";

const report = (what: string) => console.log(`• ${what} …`);
const folder = await mkdtemp(path.join(tmpdir(), "claimdesk-drill-"));
const fresh = await startMongod();

try {
  await connectDb();
  const manifest = await takeBackup(folder, report);
  await disconnectDb();

  await mongoose.connect(fresh.uri("drill"), { autoCreate: false, autoIndex: false });
  await restoreBackup(folder, report);
  report("Recomputing the hash of every raw mail");
  const mails = await checkRawMails();
  for (const [name, { documents }] of Object.entries(manifest.collections))
    console.log(`  ${name}: ${documents} documents, the same bytes`);
  console.log(`  raw mails: ${mails.sound} sound, ${mails.broken.length} broken`);
  if (mails.unchecked > 0)
    console.log(
      `  ${mails.unchecked} rows of an older version, whose mails have no proper head, were not checked`,
    );
  if (mails.broken.length > 0)
    throw new Error(`These ledger rows do not match their mail: ${mails.broken.join(", ")}`);
  console.log("The backup can be restored.");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await mongoose.disconnect();
  await fresh.stop();
  await rm(folder, { recursive: true, force: true });
}
