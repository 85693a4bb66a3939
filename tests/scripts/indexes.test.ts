import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import mongoose from "mongoose";
import { missingIndexes } from "@/lib/store/indexes";

const root = path.resolve(import.meta.dirname, "..", "..");
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "claimdesk-indexes-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("npm run indexes reads .env, and says what it builds", async () => {
  await mongoose.connection.dropDatabase();
  const { MONGODB_URI, ...env } = process.env;
  await writeFile(path.join(folder, ".env"), `MONGODB_URI=${MONGODB_URI}\n`);
  const { stdout } = await promisify(execFile)(
    path.join(root, "node_modules", ".bin", "tsx"),
    [
      ...["--tsconfig", path.join(root, "tsconfig.json"), "--conditions=react-server"],
      path.join(root, "scripts", "indexes.ts"),
    ],
    { cwd: folder, env },
  );
  expect(stdout).toContain("• emailthreads: building ");
  expect(stdout).toContain("Collections and indexes are in place.");
  expect(await missingIndexes()).toEqual([]);
});
