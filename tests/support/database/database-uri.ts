import { inject } from "vitest";

/** Address of the database `name` on the project's mongod. */
export function databaseUri(name: string): string {
  const uri = new URL(inject("mongodbUri"));
  uri.pathname = `/${name}`;
  return uri.href;
}
