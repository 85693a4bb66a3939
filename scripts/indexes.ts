// `npm run indexes`: creates the collections and indexes that a version needs, once before its first start.
import "./read-dotenv";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";

const report = (step: string) => console.log(`• ${step} …`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    console.error(
      "Stopped. The server goes on with the indexes that it has begun; run this again to finish the rest.",
    );
    process.exit(130);
  });
}

try {
  await connectDb();
  await createIndexes(report);
  console.log("Collections and indexes are in place.");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error("Not all indexes are in place. It is safe to run this again.");
  process.exitCode = 1;
} finally {
  await disconnectDb();
}
