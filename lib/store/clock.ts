import "server-only";
import mongoose from "mongoose";

/** The database's clock; a test may pass a time instead. Never the clock of a process, which may be wrong. */
export type Clock = "$$NOW" | Date;

/** The time by the database's clock, or by the test's. */
export async function readClock(clock: Clock): Promise<Date> {
  if (clock !== "$$NOW") return clock;
  const hello = await mongoose.connection.db?.command({ hello: 1 });
  return hello?.localTime as Date; // the server's documented field
}
