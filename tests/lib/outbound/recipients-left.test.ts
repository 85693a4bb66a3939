import { describe, expect, test } from "vitest";
import type { Rejection, SendOutcome } from "@/lib/mail/smtp";
import { notDelivered, progressAfter, recipientsLeft } from "@/lib/outbound/recipients-left";

const [ANN, BEA, CLEO] = ["ann@farm.example", "bea@farm.example", "cleo@farm.example"];
const ROW = { to: [ANN], cc: [BEA, CLEO], takenFor: [], undelivered: [] };

const gone = (address: string): Rejection => ({ address, permanent: true, detail: "No such box." });
const later = (address: string): Rejection => ({ address, permanent: false, detail: "Come back." });
const noBox = (address: string) => ({ address, detail: "No such box." });

function accepted(...rejected: Rejection[]): SendOutcome {
  return { kind: "accepted", takesUtf8: null, response: "250 Taken", rejected };
}
function refused(...rejected: Rejection[]): SendOutcome {
  return { kind: "refused", takesUtf8: null, permanent: false, detail: "Refused.", rejected };
}
function unconfirmed(...rejected: Rejection[]): SendOutcome {
  return { kind: "unconfirmed", takesUtf8: null, detail: "It broke off.", rejected };
}
const unreachable: SendOutcome = { kind: "unreachable", takesUtf8: null, detail: "Nobody there." };

describe("recipientsLeft", () => {
  test("has To and Cc, each once in any spelling, without those for whom it is settled", () => {
    expect(recipientsLeft({ to: [ANN], cc: [BEA, "ANN@farm.example.", CLEO] })).toEqual([ANN, BEA, CLEO]);
    expect(recipientsLeft({ ...ROW, takenFor: ["Ann@FARM.example"], undelivered: [noBox(CLEO)] })).toEqual([
      BEA,
    ]);
  });
});

describe("progressAfter", () => {
  const half = { ...ROW, takenFor: [ANN] };
  const steps: [string, typeof ROW | typeof half, SendOutcome, object][] = [
    ["all taken", ROW, accepted(), { state: "sent", takenFor: [], undelivered: [], lastError: null }],
    [
      "one refused for good, the rest taken",
      ROW,
      accepted(gone(BEA)),
      {
        state: "sent",
        takenFor: [ANN, CLEO],
        undelivered: [noBox(BEA)],
        lastError: `Not delivered to ${BEA}. No such box.`,
      },
    ],
    [
      "everybody in To refused for good, the rest taken",
      ROW,
      accepted(gone(ANN)),
      {
        state: "failed",
        takenFor: [BEA, CLEO],
        undelivered: [],
        lastError: `Not delivered to ${ANN}. No such box.`,
      },
    ],
    [
      "one put off, the rest taken",
      ROW,
      accepted(later(BEA)),
      {
        state: "queued",
        takenFor: [ANN, CLEO],
        undelivered: [],
        lastError: `Not delivered to ${BEA} yet. Come back.`,
      },
    ],
    [
      "one refused, one put off",
      ROW,
      accepted(gone(BEA), later(CLEO)),
      { state: "queued", takenFor: [ANN], undelivered: [noBox(BEA)] },
    ],
    ["the rest taken", half, accepted(), { state: "sent", takenFor: [], undelivered: [], lastError: null }],
    [
      "the rest refused",
      half,
      refused(gone(BEA), gone(CLEO)),
      {
        state: "sent",
        takenFor: [ANN],
        undelivered: [noBox(BEA), noBox(CLEO)],
        lastError: `Not delivered to ${BEA}, ${CLEO}.`,
      },
    ],
    ["the server away", half, unreachable, { state: "queued", takenFor: [ANN], undelivered: [] }],
    [
      "the server away at first",
      ROW,
      unreachable,
      { state: "queued", takenFor: [], lastError: "Nobody there." },
    ],
    [
      "all refused",
      ROW,
      refused(gone(ANN), gone(BEA), gone(CLEO)),
      { state: "failed", takenFor: [], undelivered: [], lastError: "No such box." },
    ],
    [
      "all put off",
      ROW,
      refused(later(ANN), later(BEA), later(CLEO)),
      { state: "queued", lastError: "Come back." },
    ],
    [
      "a break after one was refused",
      half,
      unconfirmed(gone(BEA)),
      { state: "unconfirmed", takenFor: [ANN], undelivered: [noBox(BEA)], lastError: "It broke off." },
    ],
  ];
  test.each(steps)("after %s", (_what, row, outcome, expected) => {
    expect(progressAfter(row, outcome, { isLast: false })).toMatchObject(expected);
  });

  test("gives up after the last attempt: sent if anybody has it, else failed", () => {
    const away = ["bea", "cleo"].map((name) => ({
      address: `${name}@farm.example`,
      detail: "Nobody there.",
    }));
    expect(progressAfter(half, unreachable, { isLast: true })).toMatchObject({
      state: "sent",
      undelivered: away,
    });
    expect(progressAfter(ROW, unreachable, { isLast: true })).toMatchObject({
      state: "failed",
      undelivered: [],
      lastError: "Nobody there.",
    });
  });

  test("says with whom it failed if the reasons differ", () => {
    const outcome = refused(gone(ANN), { ...gone(BEA), detail: "Full." }, gone(CLEO));
    expect(progressAfter(ROW, outcome, { isLast: false }).lastError).toBe(
      `${ANN}: No such box. ${BEA}: Full. ${CLEO}: No such box.`,
    );
  });
});

test("notDelivered names five addresses at most", () => {
  expect(notDelivered(Array.from({ length: 8 }, (_, index) => noBox(`a${index}@x`)))).toBe(
    "Not delivered to a0@x, a1@x, a2@x, a3@x, a4@x and 3 more.",
  );
});
