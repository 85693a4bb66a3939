import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("./", import.meta.url));
const setup = (file: string) => `tests/support/setup/${file}`;

const alias = {
  "@": root.replace(/\/$/, ""),
  // Next gives "server-only" its meaning in a build; under test every file is the server's.
  "server-only": fileURLToPath(new URL(`./${setup("server-only.ts")}`, import.meta.url)),
};

/** `npm run test:faults`: more kills and runs, another seed each time, and what no two runs do alike. */
const IS_LONG = process.env.FAULTS === "long";
/** Fault runs of step functions on a time of their own; the others are of whole processes. */
const OF_STEPS = ["tests/faults/*-matrix.test.ts", "tests/faults/*-model.test.ts"];
/** End-to-end tests that start their own app, and so do not meet the others. */
const OF_OWN_APPS = [
  "attention-delivery",
  "bulk",
  "clerk-sign-in",
  "demo-door",
  "error-pages",
  "keyboard",
  "outbound",
  "over-tls",
  "secrets",
  "slow-clients",
  "strangers",
  "team-page",
  "viewer",
].map((name) => `tests/e2e/${name}.test.ts`);

// Three groups, one after the other: what needs no app, what shares one app, and what starts its own.
// A project's globalSetup runs only if one of its files does.
const SIDE_BY_SIDE = { maxWorkers: Math.max(2, availableParallelism() - 1), sequence: { groupOrder: 0 } };
const ONE_APP = { fileParallelism: false, sequence: { groupOrder: 1 } };
const OWN_APPS = { maxWorkers: IS_LONG ? 1 : 2, sequence: { groupOrder: 2 } };

const server = {
  environment: "node" as const,
  globalSetup: [setup("mongod.global.ts")],
  setupFiles: [setup("seed.setup.ts"), setup("server.setup.ts")],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // Clerk's package leaves file endings out, which a bundler finds and Node does not.
  server: { deps: { inline: [/@clerk\/nextjs/] } },
};
const processes = { environment: "node" as const, testTimeout: 120_000, hookTimeout: 180_000 };

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          ...server,
          ...SIDE_BY_SIDE,
          name: "server",
          include: [
            "tests/cases/**/*.test.ts",
            "tests/lib/**/*.test.ts",
            "tests/app/**/*.test.ts",
            "tests/models/**/*.test.ts",
            "tests/scripts/**/*.test.ts",
          ],
        },
      },
      {
        resolve: { alias },
        test: { ...server, ...SIDE_BY_SIDE, name: "model", include: OF_STEPS, testTimeout: 60_000 },
      },
      {
        resolve: { alias },
        plugins: [react()],
        test: {
          ...SIDE_BY_SIDE,
          name: "components",
          environment: "jsdom",
          include: ["tests/components/**/*.test.tsx"],
          setupFiles: [setup("seed.setup.ts"), setup("components.setup.ts")],
          testTimeout: 15_000,
        },
      },
      {
        resolve: { alias },
        test: {
          ...processes,
          ...ONE_APP,
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          exclude: OF_OWN_APPS,
          globalSetup: [setup("build.global.ts"), setup("browser.global.ts"), setup("app.global.ts")],
        },
      },
      {
        resolve: { alias },
        test: {
          ...processes,
          ...OWN_APPS,
          name: "apps",
          include: OF_OWN_APPS,
          globalSetup: [setup("build.global.ts"), setup("browser.global.ts"), setup("mongod.global.ts")],
        },
      },
      {
        resolve: { alias },
        test: {
          ...processes,
          ...OWN_APPS,
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          exclude: [...OF_STEPS, ...(IS_LONG ? [] : ["tests/faults/failover.test.ts"])],
          globalSetup: [setup("build.global.ts"), setup("crash-build.global.ts")],
        },
      },
    ],
  },
});
