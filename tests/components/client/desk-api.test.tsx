import { describe, expect, test, vi } from "vitest";
import { claim, DeskError, fetchCounts, fetchTickets, newActionKey } from "@/components/client/desk-api";
import { answer, askedFor, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA } from "@/tests/support/screen/on-desk";

const CLAIM = "POST /api/emails/claim";
const id = "a".repeat(24);

describe("a verb's answer", () => {
  test("is the body on success; the request carries the key of the action", async () => {
    answer(CLAIM, { success: true, ...heldBy(MAYA) });
    const outcome = await claim(id, { key: "key-1" });
    expect(outcome).toMatchObject({ ok: true, value: { assignedTo: MAYA.id } });
    expect(askedFor(CLAIM)[0]?.headers.get("idempotency-key")).toBe("key-1");
    expect(askedFor(CLAIM)[0]?.headers.get("content-type")).toBe("application/json");
  });

  test("is the refusal with its sentence, code and facts", async () => {
    answer(CLAIM, () =>
      refusal(409, "already_claimed", "Priya Nair has already claimed this ticket.", heldBy(PRIYA)),
    );
    expect(await claim(id, {})).toMatchObject({
      ok: false,
      failure: {
        kind: "refused",
        status: 409,
        reason: "already_claimed",
        error: "Priya Nair has already claimed this ticket.",
        assignedTo: PRIYA.id,
      },
    });
  });

  test.each(["forbidden", "a_reason_of_a_newer_server", "toString"])(
    "is a plain sentence for the reason %s",
    async (reason) => {
      answer(CLAIM, () => refusal(403, reason, "You may look, but not change anything."));
      const failure = { kind: "refused", status: 403, reason: "other" };
      expect(await claim(id, {})).toEqual({
        ok: false,
        failure: { ...failure, error: "You may look, but not change anything." },
      });
    },
  );

  test.each([
    ["no answer at all", () => "unreachable" as const],
    [
      "the database away",
      () => refusal(503, "unavailable", "The desk's database can't be reached right now."),
    ],
    ["an answer of a proxy", () => ({ status: 502, body: "Bad gateway" })],
  ])("is no refusal with %s: the action may have been carried out", async (_name, answering) => {
    answer(CLAIM, answering);
    expect(await claim(id, {})).toEqual({ ok: false, failure: { kind: "unreachable" } });
  });

  test("is unreachable once the caller aborts", async () => {
    vi.stubGlobal("fetch", (_input: string, { signal }: { signal: AbortSignal }) => {
      return new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(new Error("aborted"))),
      );
    });
    const abort = new AbortController();
    const outcome = claim(id, { signal: abort.signal });
    abort.abort();
    expect(await outcome).toEqual({ ok: false, failure: { kind: "unreachable" } });
  });
});

describe("a read", () => {
  test("throws its failure, for SWR to keep", async () => {
    answer("GET /api/emails/tickets/counts", () => refusal(401, "unauthenticated", "Sign in to continue."));
    await expect(fetchCounts()).rejects.toSatisfy(
      (error) =>
        error instanceof DeskError && error.failure.kind === "refused" && error.failure.status === 401,
    );
  });

  test("continues from a cursor and keeps the filter", async () => {
    answer("GET /api/emails/tickets", () => ok({ tickets: [], nextCursor: null }));
    await fetchTickets("/api/emails/tickets?status=open", "12-ab");
    expect(String(askedFor("GET /api/emails/tickets")[0]?.query)).toBe("status=open&cursor=12-ab");
  });
});

test("keys never repeat and need no secure origin", () => {
  const keys = Array.from({ length: 100 }, newActionKey);
  expect(new Set(keys).size).toBe(100);
  expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
});
