import mongoose from "mongoose";
import { memberId, MEMBERS } from "./sessions";

const STATUSES = ["open", "in_progress", "waiting", "resolved"];
const BATCH = 5_000;

/** Replaces all tickets by `count` of mixed statuses and assignees, one in ten unassigned. */
export async function seedThreads(count: number): Promise<void> {
  await threads().deleteMany({});
  await insert(count, (index) => thread(index, index % 10 === 0 ? null : memberId(index % MEMBERS)));
}

/** The same, with 9 of 20 unassigned and 7 of 20 held by member 1, so that each list of the member is long. */
export async function seedDeep(count: number): Promise<void> {
  await threads().deleteMany({});
  await insert(count, (index) => {
    if (index % 20 < 9) return thread(index, null);
    return thread(index, memberId(index % 20 < 16 ? 1 : index % MEMBERS));
  });
}

/** Adds `count` open tickets that nobody holds, and returns their ids. */
export async function addClaimable(count: number): Promise<string[]> {
  const ids: string[] = [];
  await insert(count, (index) => {
    const row = { ...thread(index, null), status: "open" };
    ids.push(row._id.toHexString());
    return row;
  });
  return ids;
}

export async function removeThreads(ids: string[]): Promise<void> {
  await threads().deleteMany({ _id: { $in: ids.map((id) => new mongoose.Types.ObjectId(id)) } });
}

/** Takes from the followers what they have not done yet, so that it does not run into the next measurement. */
export async function settleThreads(): Promise<void> {
  await threads().updateMany({ cardsDueAt: { $exists: true } }, { $unset: { cardsDueAt: 1 } });
  await threads().updateMany({ eventsDueAt: { $exists: true } }, { $unset: { eventsDueAt: 1 } });
}

export function threads() {
  return mongoose.connection.collection("emailthreads");
}

async function insert(count: number, make: (index: number) => mongoose.mongo.Document): Promise<void> {
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start);
    await threads().insertMany(Array.from({ length: size }, (_, offset) => make(start + offset)));
  }
}

function thread(index: number, assignedTo: string | null) {
  const at = new Date(Date.UTC(2026, 0, 1) + index * 30_000);
  const name = assignedTo?.replace("user_bench_", "Member ") ?? null;
  return {
    _id: new mongoose.Types.ObjectId(),
    inbox: "support@desk.example",
    to: "support@desk.example",
    from: `customer${index}@example.com`,
    fromName: `Customer ${index}`,
    subject: `Question number ${index} about the invoice`,
    excerpt:
      "Hello, I have a question about the invoice of last month, could you have a look at it for me? ".repeat(
        2,
      ),
    status: STATUSES[Math.floor(index / 10) % STATUSES.length] ?? "open",
    receivedAt: at,
    lastMessageAt: at,
    lastInboundAt: at,
    messageCount: 1,
    assignedTo,
    assignedToName: name,
    assignedToEmail: assignedTo && `${assignedTo.replace("user_bench_", "member")}@team.example`,
    claimedAt: assignedTo && at,
    revision: 1,
    history: [],
  };
}
