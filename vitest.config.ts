import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("./", import.meta.url));

const alias = {
  "@": root.replace(/\/$/, ""),
  // Next gives "server-only" its meaning in a build; under test every file is the server's.
  "server-only": fileURLToPath(new URL("./tests/support/setup/server-only.ts", import.meta.url)),
};

const server = {
  environment: "node" as const,
  globalSetup: ["tests/support/setup/mongod.global.ts"],
  setupFiles: ["tests/support/setup/server.setup.ts"],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // Clerk's package leaves file endings out, which a bundler finds and Node does not.
  server: { deps: { inline: [/@clerk\/nextjs/] } },
};

/** Fault runs of step functions on a time of their own; the other fault runs are of whole processes. */
const OF_STEPS = ["tests/faults/*-matrix.test.ts", "tests/faults/*-model.test.ts"];

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          ...server,
          name: "server",
          include: [
            "tests/lib/**/*.test.ts",
            "tests/app/**/*.test.ts",
            "tests/models/**/*.test.ts",
            "tests/scripts/**/*.test.ts",
          ],
        },
      },
      {
        resolve: { alias },
        plugins: [react()],
        test: {
          name: "components",
          environment: "jsdom",
          include: ["tests/components/**/*.test.tsx"],
          setupFiles: ["tests/support/setup/components.setup.ts"],
          testTimeout: 15_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "e2e",
          environment: "node",
          include: ["tests/e2e/**/*.test.ts"],
          globalSetup: ["tests/support/setup/app.global.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 }, // after the others: a browser needs the machine to itself
        },
      },
      {
        resolve: { alias },
        test: {
          ...server,
          name: "model",
          include: OF_STEPS,
          testTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: "faults",
          environment: "node",
          include: ["tests/faults/**/*.test.ts"],
          exclude: OF_STEPS,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
