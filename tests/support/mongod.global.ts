import { MongoMemoryReplSet } from "mongodb-memory-server-core";
import type { TestProject } from "vitest/node";
import { findMongod } from "../../scripts/mongod-binary.mjs";

declare module "vitest" {
  export interface ProvidedContext {
    mongodbUri: string;
  }
}

/** One real one-node replica set for the run; every test file has a database of its own in it. */
export default async function setup(project: TestProject) {
  const replSet = await MongoMemoryReplSet.create({
    binary: { systemBinary: await findMongod(), checkMD5: false },
    replSet: { count: 1, storageEngine: "wiredTiger", name: "tests" },
    instanceOpts: [{ launchTimeout: 60_000 }],
  });
  project.provide("mongodbUri", replSet.getUri());
  return async () => {
    await replSet.stop({ doCleanup: true, force: true });
  };
}
