// A process of its own that serves a member: for each line it is sent, it prints the standing of that member.
import { createInterface } from "node:readline";
import { findStanding } from "@/lib/auth/standing";
import { disconnectDb } from "@/lib/store/db";

const [id = "", email = "", name = ""] = process.argv.slice(2);
for await (const _line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await findStanding({ id, email, name, role: "member" })}\n`);
}
await disconnectDb();
