import { ESLint } from "eslint";
import { expect, test } from "vitest";

const BOUNDARIES = ["no-restricted-imports", "import-x/no-restricted-paths", "import-x/no-cycle"];
const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => BOUNDARIES.includes(ruleId),
  // The planted files do not exist, so they have no types. These rules need none.
  overrideConfig: [{ languageOptions: { parserOptions: { projectService: false } } }],
});

async function refusalsOf(filePath: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath });
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

/** A planted import, and the part of the refusal that says where the thing belongs. */
const REFUSED: [what: string, file: string, code: string, says: string][] = [
  [
    "a component that reaches into lib by a relative path",
    "components/tickets/Planted.tsx",
    'import { connectDb } from "../../lib/store/db";',
    "A relative import stays in its own folder. Write @/…",
  ],
  [
    "a component that reads the database",
    "components/tickets/Planted.tsx",
    'import { connectDb } from "@/lib/store/db";',
    "Components take plain props and lib/api",
  ],
  [
    "a component that loads the server's code later",
    "components/ui/Planted.tsx",
    'export const load = () => import("@/lib/tickets/claim");',
    "Components take plain props and lib/api",
  ],
  [
    "a basic part that knows tickets",
    "components/ui/Planted.tsx",
    'import { ClaimButton } from "@/components/tickets/ClaimButton";',
    "Move the shared part down, or call this from above",
  ],
  [
    "a component that imports a page",
    "components/shell/Planted.tsx",
    'import Page from "@/app/page";',
    "pass what they need as props",
  ],
  [
    "a route that imports a model",
    "app/api/planted/route.ts",
    'import { EmailThread } from "@/models/EmailThreadModel";',
    "a room of lib is missing a read",
  ],
  [
    "the mail format with a stored shape",
    "lib/mail/planted.ts",
    'import { EmailThread } from "@/models/EmailThreadModel";',
    "stored shapes belong to the rooms above it",
  ],
  [
    "the mail format with a verb",
    "lib/mail/planted.ts",
    'import { claimTicket } from "@/lib/tickets/claim";',
    "Move the shared part down, or call this from above",
  ],
  [
    "Discord with a stored shape, for its type alone",
    "lib/discord/planted.ts",
    'import type { StoredThread } from "@/models/EmailThreadModel";',
    "stored shapes belong to the rooms above it",
  ],
  [
    "two rooms of one floor",
    "lib/inbound/planted.ts",
    'import { deliverStep } from "@/lib/outbound/deliver";',
    "Move the shared part down, or call this from above",
  ],
  [
    "a lower room that imports a higher one",
    "lib/store/planted.ts",
    'export * from "@/lib/tickets/claim";',
    "lib/store (the database connection",
  ],
  [
    "a lower room that loads a higher one later",
    "lib/store/planted.ts",
    'export const load = () => import("@/lib/tickets/claim");',
    "lib/store (the database connection",
  ],
  [
    "a rule that knows status numbers",
    "lib/tickets/planted.ts",
    'import { STATUS_OF } from "@/lib/http/status";',
    "Move the shared part down, or call this from above",
  ],
  [
    "lib with a page",
    "lib/tickets/planted.ts",
    'import Page from "@/app/page";',
    "return plain data and let app put it together",
  ],
  [
    "the contracts with something of Node",
    "lib/api/planted.ts",
    'import { readFileSync } from "node:fs";',
    "lib/api is loaded by the browser too",
  ],
  [
    "a model with a room of lib",
    "models/Planted.ts",
    'import { env } from "@/lib/env";',
    "it may know lib/api/vocabulary and nothing else of lib",
  ],
  [
    "a circle inside a room",
    "lib/tickets/transition.ts", // which claim.ts imports
    'import { claimTicket } from "./claim";',
    "Dependency cycle",
  ],
  [
    "the product with a script",
    "lib/process/planted.ts",
    'import { freePort } from "@/scripts/ports";',
    "move the shared part into lib",
  ],
  [
    "a script with a test",
    "scripts/planted.ts",
    'import { Desk } from "@/tests/support/desk/desk";',
    "what both need (a stand-in, a free port) lives in scripts",
  ],
  [
    "a script in plain JavaScript with a test",
    "scripts/planted.mjs",
    'import { trapOutbound } from "../tests/support/network/outbound-trap.ts";',
    "what both need (a stand-in, a free port) lives in scripts",
  ],
  [
    "a route that asks Clerk itself",
    "app/api/planted/route.ts",
    'import { auth } from "@clerk/nextjs/server";',
    "ask getMember() from lib/auth",
  ],
  [
    "a screen with Clerk's own components",
    "components/shell/Planted.tsx",
    'import { UserButton } from "@clerk/nextjs";',
    "import ours from there",
  ],
];

test.each(REFUSED)("lint refuses %s and says where it belongs", async (_, file, code, says) => {
  expect((await refusalsOf(file, code)).join("\n")).toContain(says);
});

test.each([
  ["app/api/planted/route.ts", 'import { claimTicket } from "@/lib/tickets/claim";'],
  ["components/tickets/Planted.tsx", 'import { ClaimRequest } from "@/lib/api/contracts";'],
  ["components/tickets/Planted.tsx", 'import { ClaimButton } from "./ClaimButton";'],
  ["lib/cards/planted.ts", 'import { renderCard } from "@/lib/discord/render";'],
  ["lib/tickets/planted.ts", 'import { EmailThread } from "@/models/EmailThreadModel";'],
  ["tests/lib/planted.ts", 'import { freePort } from "@/scripts/ports";'],
])("lint allows %s to write %s", async (file, code) => {
  expect(await refusalsOf(file, code)).toEqual([]);
});
