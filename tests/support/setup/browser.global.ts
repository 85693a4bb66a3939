import { ensureChromium } from "@/scripts/chromium.mjs";
import { ensureClerkJs } from "@/scripts/clerk-js.mjs";

/** Ensures a Chromium, whose path the test processes inherit, and Clerk's scripts for a browser. */
export default async function setup(): Promise<void> {
  process.env.CHROMIUM_PATH = ensureChromium(console.log);
  await ensureClerkJs(console.log);
}
