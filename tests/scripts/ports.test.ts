import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { freePort, reservationOf } from "@/scripts/ports";

const WANTED = 47_310;
afterEach(() => {
  for (const port of [WANTED, WANTED + 1]) rmSync(reservationOf(port), { force: true });
});

test("a desk that starts takes no port that another one has just chosen", async () => {
  writeFileSync(reservationOf(WANTED), String(process.ppid));
  expect(await freePort(WANTED)).toBe(WANTED + 1);
});

test("the port of a desk that has ended is free again", async () => {
  writeFileSync(reservationOf(WANTED), String(spawnSync("true").pid));
  expect(await freePort(WANTED)).toBe(WANTED);
  expect(await freePort(WANTED)).toBe(WANTED); // its own choice
});
