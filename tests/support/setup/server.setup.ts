import { randomUUID } from "node:crypto";
import { networkInterfaces } from "node:os";
import mongoose from "mongoose";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { visitsStored } from "@/lib/auth/member-profile";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { databaseUri } from "@/tests/support/database/database-uri";
import { trapOutbound } from "@/tests/support/network/outbound-trap";

// Every file has its own database on the one real mongod, under a random name, so that files never meet.
const uri = databaseUri(`t_${randomUUID().replaceAll("-", "").slice(0, 20)}`);

process.env.MONGODB_URI = uri;
process.env.APP_URL ??= "http://localhost:3000";
process.env.AUTH_MODE ??= "demo";
process.env.SUPPORT_ADDRESS ??= "support@desk.example";
process.env.RATE_LIMIT_FACTOR ??= "1000"; // a test asks faster than any person
process.env.INBOUND_SECRET ??= "inbound-secret-of-the-tests";

beforeAll(async () => {
  await connectDb(uri);
  await createIndexes();
});

// A member's visit is stored behind the request, and must not come into the next test.
afterEach(visitsStored);

afterAll(async () => {
  await mongoose.connection.dropDatabase();
  await disconnectDb();
});

// The desk connects to the hosts in its environment, and in a test those are all on this machine.
const calledOutside: string[] = [];
/** Names of this machine, and names that nobody has (RFC 6761). */
const IS_HERE = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|::1?|[\w.-]+\.invalid)$/;
const ownAddresses = new Set(
  Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address)),
);
trapOutbound(({ host }) => {
  const isHere = IS_HERE.test(host) || ownAddresses.has(host);
  if (!isHere) calledOutside.push(host);
  return isHere;
});

afterEach(() => {
  expect(calledOutside.splice(0)).toEqual([]);
});

// An unexpected error on the console fails the test.
let complaints: unknown[][] = [];

beforeEach(() => {
  complaints = [];
  vi.spyOn(console, "error").mockImplementation((...args) => void complaints.push(args));
});

afterEach(() => {
  expect(complaints).toEqual([]);
  vi.restoreAllMocks();
});
