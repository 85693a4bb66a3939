// Creates the collections and indexes that a version needs: `npm run indexes`, once before its first start.
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";

await connectDb();
await createIndexes();
await disconnectDb();
console.log("Collections and indexes are in place.");
