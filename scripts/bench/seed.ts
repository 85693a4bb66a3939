import mongoose from "mongoose";
import { memberId, MEMBERS } from "./sessions";

const STATUSES = ["open", "in_progress", "waiting", "resolved"];
const BATCH = 5_000;

/** Adds `count` tickets of mixed statuses and assignees, one in five unassigned. */
export async function seedThreads(count: number): Promise<void> {
  await insert(count, (index) => thread(index, index % 5 === 0 ? null : memberId(index % MEMBERS)));
}

/** The same, with 9 of 20 unassigned and 7 of 20 held by member 1, so that each list of the member is long. */
export async function seedDeep(count: number): Promise<void> {
  await insert(count, (index) => {
    if (index % 20 < 9) return thread(index, null);
    return thread(index, memberId(index % 20 < 16 ? 1 : index % MEMBERS));
  });
}

/**
 * Tickets to change, whose ids were not taken yet. None is ever deleted: for five minutes a database reads over what was
 * deleted or moved in an index. For the same reason they are at the end of every list.
 */
export class Stock {
  private free: string[] = [];

  /** Ids of open tickets that nobody holds. */
  async take(count: number): Promise<string[]> {
    const missing = count - this.free.length;
    if (missing > 0) {
      const stored = await insert(missing, (index) => ({
        ...thread(index, null),
        status: "open",
        receivedAt: new Date(Date.UTC(2030, 0, 1) + index),
        lastMessageAt: new Date(Date.UTC(2020, 0, 1) + index),
      }));
      this.free.push(...stored);
    }
    return this.free.splice(0, count);
  }

  /** Takes back those of which nothing was changed. */
  giveBack(ids: string[]): void {
    this.free.push(...ids);
  }
}

/** Adds `count` open tickets that nobody holds, the oldest of all, and returns their ids. */
export async function addClaimable(count: number): Promise<string[]> {
  return insert(count, (index) => ({ ...thread(index - count, null), status: "open" }));
}

/** Takes from the followers what they have not done yet, so that it does not run into the next measurement. */
export async function settleThreads(): Promise<void> {
  await threads().updateMany({ cardsDueAt: { $type: "date" } }, { $unset: { cardsDueAt: 1 } });
  await threads().updateMany({ eventsDueAt: { $type: "date" } }, { $unset: { eventsDueAt: 1 } });
}

export function threads() {
  return mongoose.connection.collection("emailthreads");
}

type Row = ReturnType<typeof thread>;

async function insert(count: number, make: (index: number) => Row): Promise<string[]> {
  const ids: string[] = [];
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start);
    const rows = Array.from({ length: size }, (_, offset) => make(start + offset));
    await threads().insertMany(rows);
    ids.push(...rows.map(({ _id }) => _id.toHexString()));
  }
  return ids;
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
    status: STATUSES[Math.abs(Math.floor(index / 10)) % STATUSES.length] ?? "open",
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
