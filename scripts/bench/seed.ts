import mongoose from "mongoose";

const STATUSES = ["open", "in_progress", "waiting", "resolved"];
const HOLDERS = ["user_demo_priya", "user_demo_tomas", "user_demo_maya"];

/** Leaves `count` tickets in the database, as a desk of that size has them, and answers `free` ids that nobody holds. */
export async function seedThreads(count: number, free: number): Promise<string[]> {
  const collection = mongoose.connection.collection("emailthreads");
  await collection.deleteMany({});
  const ids: string[] = [];
  for (let start = 0; start < count + free; start += 5_000) {
    const batch = Array.from({ length: Math.min(5_000, count + free - start) }, (_, offset) =>
      thread(start + offset, free),
    );
    await collection.insertMany(batch);
    for (const { _id, isFree } of batch) if (isFree) ids.push(_id.toHexString());
  }
  await collection.updateMany({}, { $unset: { isFree: 1 } });
  return ids;
}

function thread(index: number, free: number) {
  const at = new Date(Date.UTC(2026, 0, 1) + index * 30_000);
  const isFree = index < free;
  const isHeld = !isFree && index % 10 !== 0;
  return {
    _id: new mongoose.Types.ObjectId(),
    isFree,
    inbox: "support@desk.example",
    to: "support@desk.example",
    from: `customer${index}@example.com`,
    fromName: `Customer ${index}`,
    subject: `Question number ${index} about the invoice`,
    excerpt:
      "Hello, I have a question about the invoice of last month, could you have a look at it for me? ".repeat(
        2,
      ),
    status: isFree ? "open" : STATUSES[index % STATUSES.length],
    receivedAt: at,
    lastMessageAt: at,
    lastInboundAt: at,
    messageCount: 1,
    assignedTo: isHeld ? (HOLDERS[index % HOLDERS.length] ?? null) : null,
    revision: 1,
    history: [],
  };
}
