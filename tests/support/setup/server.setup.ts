import { randomUUID } from "node:crypto";
import { networkInterfaces } from "node:os";
import mongoose from "mongoose";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, vi } from "vitest";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { trapOutbound } from "@/tests/support/network/outbound-trap";

// Every file has a database of its own on the one real mongod, named at random so that runs never meet.
const uri = new URL(inject("mongodbUri"));
uri.pathname = `/t_${randomUUID().replaceAll("-", "").slice(0, 20)}`;

process.env.MONGODB_URI = uri.href;
process.env.APP_URL ??= "http://localhost:3000";
process.env.AUTH_MODE ??= "demo";
process.env.SUPPORT_ADDRESS ??= "support@desk.example";
process.env.RATE_LIMIT_FACTOR ??= "1000"; // a test asks faster than any person
process.env.INBOUND_SECRET ??= "inbound-secret-of-the-tests";

beforeAll(async () => {
  await connectDb(uri.href);
  await createIndexes();
});

afterAll(async () => {
  await mongoose.connection.dropDatabase();
  await disconnectDb();
});

// The desk speaks to the hosts it was told to, and in a test those are all on this machine.
const calledOutside: string[] = [];
/** This machine by its names, and names that are nobody's (RFC 6761). */
const IS_HERE = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|::1|[\w.-]+\.invalid)$/;
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

// A complaint on the console is a defect, not noise.
let complaints: unknown[][] = [];

beforeEach(() => {
  complaints = [];
  vi.spyOn(console, "error").mockImplementation((...args) => void complaints.push(args));
});

afterEach(() => {
  expect(complaints).toEqual([]);
  vi.restoreAllMocks();
});
