// A process of its own that serves a member: for each line it is sent, it prints the standing of that member, and whether
// it has read the row for that.
import { createInterface } from "node:readline";
import { findStanding } from "@/lib/auth/standing";
import { disconnectDb } from "@/lib/store/db";
import { watchCommands } from "@/tests/support/database/socket-faults";

const [id = "", email = "", name = ""] = process.argv.slice(2);
const { sent, stop } = watchCommands("find");
for await (const _line of createInterface({ input: process.stdin })) {
  sent.length = 0;
  const standing = await findStanding({ id, email, name, role: "member" });
  process.stdout.write(`${standing} ${sent.length > 0 ? "read" : "known"}\n`);
}
stop();
await disconnectDb();
