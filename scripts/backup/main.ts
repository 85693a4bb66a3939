// `npm run backup -- FOLDER` and `npm run restore -- FOLDER`, on the database that MONGODB_URI names.
import "@/scripts/read-dotenv";
import { parseArgs } from "node:util";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { restoreBackup, takeBackup } from "./backup";

const { positionals } = parseArgs({ allowPositionals: true });
const [action, folder] = positionals;
const report = (what: string) => console.log(`• ${what} …`);

if ((action !== "take" && action !== "restore") || !folder) {
  console.error("Name the folder of the backup: npm run backup -- FOLDER, or npm run restore -- FOLDER.");
  process.exit(64);
}

try {
  await connectDb();
  const work = action === "take" ? takeBackup : restoreBackup;
  const manifest = await work(folder, report);
  if (action === "restore") await createIndexes();
  const documents = Object.values(manifest.collections).reduce((sum, { documents }) => sum + documents, 0);
  console.log(
    `${action === "take" ? "Saved" : "Restored"} ${documents} documents, as of ${manifest.takenAt}.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await disconnectDb();
}
