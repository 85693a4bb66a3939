import mongoose from "mongoose";

const STATUSES = ["open", "in_progress", "waiting", "resolved"];
const ASSIGNEES = ["user_demo_priya", "user_demo_tomas", "user_demo_maya"];

/**
 * Replaces all tickets by `count` of mixed statuses and assignees, and `claimable` open ones that nobody holds. Returns
 * the ids of the claimable ones.
 */
export async function seedThreads(count: number, claimable: number): Promise<string[]> {
  const collection = mongoose.connection.collection("emailthreads");
  await collection.deleteMany({});
  const ids: string[] = [];
  for (let start = 0; start < count + claimable; start += 5_000) {
    const batch = Array.from({ length: Math.min(5_000, count + claimable - start) }, (_, offset) =>
      thread(start + offset, claimable),
    );
    await collection.insertMany(batch);
    for (const { _id, isClaimable } of batch) if (isClaimable) ids.push(_id.toHexString());
  }
  await collection.updateMany({}, { $unset: { isClaimable: 1 } });
  return ids;
}

function thread(index: number, claimable: number) {
  const at = new Date(Date.UTC(2026, 0, 1) + index * 30_000);
  const isClaimable = index < claimable;
  const isHeld = !isClaimable && index % 10 !== 0;
  return {
    _id: new mongoose.Types.ObjectId(),
    isClaimable,
    inbox: "support@desk.example",
    to: "support@desk.example",
    from: `customer${index}@example.com`,
    fromName: `Customer ${index}`,
    subject: `Question number ${index} about the invoice`,
    excerpt:
      "Hello, I have a question about the invoice of last month, could you have a look at it for me? ".repeat(
        2,
      ),
    status: isClaimable ? "open" : STATUSES[index % STATUSES.length],
    receivedAt: at,
    lastMessageAt: at,
    lastInboundAt: at,
    messageCount: 1,
    assignedTo: isHeld ? (ASSIGNEES[index % ASSIGNEES.length] ?? null) : null,
    revision: 1,
    history: [],
  };
}
