// A process of its own that replies as THREAD_ID's assignee-to-be and dies at its crash point, inside the transaction.
import { connectDb } from "@/lib/store/db";
import { ThreadId } from "@/lib/api/contracts";
import { replyToTicket } from "@/lib/tickets/reply";

globalThis.CRASH_POINTS = true;
await connectDb();
await replyToTicket(
  { threadId: ThreadId.parse(process.env.THREAD_ID), text: "Here you go." },
  { id: "user_priya", email: "priya@team.example", name: "Priya Nair", role: "member" },
);
