import { MongoMemoryReplSet } from "mongodb-memory-server-core";
import type { TestProject } from "vitest/node";
import { findMongod } from "@/scripts/mongod-binary.mjs";

declare module "vitest" {
  export interface ProvidedContext {
    mongodbUri: string;
  }
}

/** A real one-node replica set of its own, with its data in a temporary folder that goes with it. */
export async function startMongod() {
  const replSet = await MongoMemoryReplSet.create({
    binary: { systemBinary: await findMongod(), version: "6.0.5", checkMD5: false },
    replSet: { count: 1, storageEngine: "wiredTiger", name: "tests" },
    instanceOpts: [{ launchTimeout: 60_000 }],
  });
  return {
    uri: (database: string) => replSet.getUri(database),
    stop: async () => void (await replSet.stop({ doCleanup: true, force: true })),
  };
}

/** One replica set for the run; every test file has a database of its own in it. */
export default async function setup(project: TestProject) {
  const mongod = await startMongod();
  project.provide("mongodbUri", mongod.uri(""));
  return mongod.stop;
}
