import { ensureChromium } from "@/scripts/chromium.mjs";
import { ensureClerkJs } from "@/scripts/clerk-js.mjs";

/** A Chromium, and Clerk's scripts for a browser; the tests' processes inherit where it is. */
export default async function setup(): Promise<void> {
  process.env.CHROMIUM_PATH = ensureChromium(console.log);
  await ensureClerkJs(console.log);
}
