import { buildIfStale } from "@/scripts/build.mjs";

/** The build that ships, for every project that starts the built app. */
export default function setup(): void {
  buildIfStale(console.log, "pipe");
}
