// A process of its own that releases the tickets of a removed member, and is killed in the middle of its second batch.
import { connectDb } from "@/lib/store/db";
import { releaseStep } from "@/lib/team/release-tickets";
import { EmailThread } from "@/models/EmailThreadModel";

const [memberId = ""] = process.argv.slice(2);
const countHeld = () => EmailThread.countDocuments({ assignedTo: memberId });

await connectDb();
await releaseStep(new Date());
const held = await countHeld();
void releaseStep(new Date());
while ((await countHeld()) === held);
process.kill(process.pid, "SIGKILL");
