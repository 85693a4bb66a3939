import { buildIfStale, CRASH_BUILD } from "@/scripts/build.mjs";

/** Ensures the build that tests kill at named points. */
export default function setup(): void {
  buildIfStale(console.log, "pipe", CRASH_BUILD);
}
