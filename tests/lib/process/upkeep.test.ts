import { afterEach, expect, test } from "vitest";
import { upkeepStep } from "@/lib/process/upkeep";
import { missingIndexes } from "@/lib/store/indexes";
import { LiveSlot } from "@/models/LiveSlotModel";
import { watchCommands } from "@/tests/support/database/socket-faults";

let commands: ReturnType<typeof watchCommands> | null = null;
afterEach(() => commands?.stop());

test("a starting process creates what a small database lacks, and then asks the database nothing for 5 s", async () => {
  await LiveSlot.collection.drop();
  expect(await missingIndexes()).not.toEqual([]);
  await upkeepStep();
  expect(await missingIndexes()).toEqual([]);

  commands = watchCommands("aggregate", "listIndexes", "createIndexes", "create", "getParameter", "count");
  await upkeepStep();
  expect(commands.sent).toEqual([]);
});
