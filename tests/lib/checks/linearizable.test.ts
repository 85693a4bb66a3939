import { describe, expect, test } from "vitest";
import type { Operation } from "@/tests/support/checks/history";
import { checkLinearizable } from "@/tests/support/checks/linearizable";

let clients = 0;
const operation = (
  op: Operation["op"],
  arg: string,
  result: string | null,
  start: number,
  end?: number,
): Operation => ({
  client: `c${(clients += 1)}`,
  key: "t1",
  op,
  arg,
  result,
  start,
  ...(end === undefined ? {} : { end }),
});

describe("the linearizability checker", () => {
  test("accepts overlapping claims if one won and the other was refused", () => {
    const history = [
      operation("claim", "ana", "won", 0, 10),
      operation("claim", "ben", "held:ana", 1, 9),
      operation("unclaim", "ana", "released", 11, 12),
      operation("claim", "ben", "won", 11, 20),
      operation("read", "", "ben", 21, 22),
    ];
    expect(checkLinearizable(history)).toEqual({ linearizable: true });
  });

  test("rejects two winners without an unclaim in between", () => {
    const history = [operation("claim", "ana", "won", 0, 10), operation("claim", "ben", "won", 1, 9)];
    expect(checkLinearizable(history)).toMatchObject({ linearizable: false, key: "t1" });
  });

  test("rejects an acknowledged claim that is gone afterwards", () => {
    const history = [operation("claim", "ana", "won", 0, 10), operation("read", "", "", 11, 12)];
    expect(checkLinearizable(history)).toMatchObject({ linearizable: false });
  });

  test("accepts that an operation of unknown outcome happened, or that it did not", () => {
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

  test("rejects claims that read first and write later", async () => {
    let assignee = "";
    const readThenWrite = async (who: string, start: number): Promise<Operation> => {
      const seen = assignee;
      await Promise.resolve();
      if (seen !== "") return operation("claim", who, `held:${seen}`, start, start + 5);
      assignee = who;
      return operation("claim", who, "won", start, start + 5);
    };
    const history = await Promise.all(["ana", "ben", "cat"].map((who, index) => readThenWrite(who, index)));
    expect(checkLinearizable(history)).toMatchObject({ linearizable: false });
  });
});
