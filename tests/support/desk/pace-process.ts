// Runs as another process: asks the given number of times, ten at a time, and prints how many requests passed.
import { disconnectDb } from "@/lib/store/db";
import { keepPace, type Pace } from "@/lib/pace";

const AT_ONCE = 10;

const [pace = "change", sender = "", times = "0"] = process.argv.slice(2);
let left = Number(times);
let passed = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (left > 0) {
      left -= 1;
      await keepPace(pace as Pace, sender).then(
        () => (passed += 1),
        () => {},
      );
    }
  }),
);
process.stdout.write(String(passed));
await disconnectDb();
