// A process of its own that asks as often as it is told at once, and prints how many of its requests passed.
import { disconnectDb } from "@/lib/db";
import { keepPace, type Pace } from "@/lib/http/pace";

const [pace = "change", sender = "", times = "0"] = process.argv.slice(2);
const asked = await Promise.allSettled(
  Array.from({ length: Number(times) }, () => keepPace(pace as Pace, sender)),
);
process.stdout.write(String(asked.filter(({ status }) => status === "fulfilled").length));
await disconnectDb();
