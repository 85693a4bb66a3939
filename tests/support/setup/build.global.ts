import { buildIfStale } from "@/scripts/build.mjs";

/** Ensures the build that ships. */
export default function setup(): void {
  buildIfStale(console.log, "pipe");
}
