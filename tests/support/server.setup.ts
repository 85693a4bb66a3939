import { randomUUID } from "node:crypto";
import mongoose from "mongoose";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, vi } from "vitest";
import { connectDb, disconnectDb } from "@/lib/db";
import { createIndexes } from "@/lib/indexes";

// Every file has a database of its own on the one real mongod, named at random so that runs never meet.
const uri = new URL(inject("mongodbUri"));
uri.pathname = `/t_${randomUUID().replaceAll("-", "").slice(0, 20)}`;

process.env.MONGODB_URI = uri.href;
process.env.APP_URL ??= "http://localhost:3000";
process.env.AUTH_MODE ??= "demo";
process.env.SUPPORT_ADDRESS ??= "support@desk.example";
process.env.INBOUND_SECRET ??= "inbound-secret-of-the-tests";

beforeAll(async () => {
  await connectDb(uri.href);
  await createIndexes();
});

afterAll(async () => {
  await mongoose.connection.dropDatabase();
  await disconnectDb();
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
