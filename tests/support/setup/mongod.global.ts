import type { TestProject } from "vitest/node";
import { startMongod } from "@/scripts/mongod";

declare module "vitest" {
  export interface ProvidedContext {
    mongodbUri: string;
  }
}

/** Starts one replica set for the project. Every test file has its own database in it. */
export default async function setup(project: TestProject) {
  const mongod = await startMongod(console.log);
  project.provide("mongodbUri", mongod.uri(""));
  return mongod.stop;
}
