import { describe, expect, test } from "vitest";
import type { Operation } from "@/tests/support/checks/history";
import { checkLinearizable } from "@/tests/support/checks/linearizable";

let clock = 0;
const operation = (
  op: Operation["op"],
  arg: string,
  result: string | null,
  start: number,
  end?: number,
): Operation => ({
  client: `c${(clock += 1)}`,
  key: "t1",
  op,
  arg,
  result,
  start,
  ...(end === undefined ? {} : { end }),
});

describe("the linearizability checker", () => {
  test("accepts overlapping claims of which one won and the other was told so", () => {
    const history = [
      operation("claim", "ana", "won", 0, 10),
      operation("claim", "ben", "held:ana", 1, 9),
      operation("unclaim", "ana", "released", 11, 12),
      operation("claim", "ben", "won", 11, 20),
      operation("read", "", "ben", 21, 22),
    ];
    expect(checkLinearizable(history)).toEqual({ linearizable: true });
  });

  test("refuses two winners with no release between", () => {
    const history = [operation("claim", "ana", "won", 0, 10), operation("claim", "ben", "won", 1, 9)];
    expect(checkLinearizable(history)).toMatchObject({ linearizable: false, key: "t1" });
  });

  test("refuses an acknowledged claim that is gone afterwards", () => {
    const history = [operation("claim", "ana", "won", 0, 10), operation("read", "", "", 11, 12)];
    expect(checkLinearizable(history)).toMatchObject({ linearizable: false });
  });

  test("lets an operation with an unknown outcome have happened, or not", () => {
    const unknown = operation("claim", "ana", null, 0);
    expect(checkLinearizable([unknown, operation("claim", "ben", "held:ana", 5, 9)])).toEqual({
      linearizable: true,
    });
    expect(checkLinearizable([unknown, operation("claim", "ben", "won", 5, 9)])).toEqual({
      linearizable: true,
    });
    expect(checkLinearizable([unknown, operation("claim", "ben", "held:cat", 5, 9)])).toMatchObject({
      linearizable: false,
    });
  });

  test("catches a claim that reads and then writes", async () => {
    let holder = "";
    const readThenWrite = async (who: string, start: number): Promise<Operation> => {
      const seen = holder;
      await Promise.resolve();
      if (seen !== "") return operation("claim", who, `held:${seen}`, start, start + 5);
      holder = who;
      return operation("claim", who, "won", start, start + 5);
    };
    const history = await Promise.all(["ana", "ben", "cat"].map((who, index) => readThenWrite(who, index)));
    expect(checkLinearizable(history)).toMatchObject({ linearizable: false });
  });
});
