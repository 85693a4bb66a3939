import { beforeAll, describe, expect, test } from "vitest";
import { GET as live } from "@/app/api/health/live/route";
import { GET as ready } from "@/app/api/health/ready/route";
import { createIndexes } from "@/lib/store/indexes";
import { EmailThread } from "@/models/EmailThreadModel";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

describe("health", () => {
  beforeAll(demoIdentity.use);

  test("is live for everybody", async () => {
    expect(await call(live, "/api/health/live")).toMatchObject({ status: 200, body: { status: "live" } });
  });

  test("is not ready while an index is missing, and does not say why", async () => {
    await EmailThread.collection.dropIndexes();
    const answer = await call(ready, "/api/health/ready");
    expect(answer).toMatchObject({ status: 503, body: { reason: "unavailable" } });
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(JSON.stringify(answer.body)).not.toMatch(/index|thread|mongo/i);

    await createIndexes();
    expect(await call(ready, "/api/health/ready")).toMatchObject({ status: 200, body: { status: "ready" } });
  });
});
