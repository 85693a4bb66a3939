import { demoSessionCookie } from "@/lib/auth/demo";
import { processSingleton } from "@/lib/process-singleton";
import type { TeamMember } from "@/lib/api/vocabulary";
import { PUBLIC_KEY_PEM, sessionToken } from "@/tests/support/clerk/clerk-tokens";

type Name = "maya" | "priya" | "tomas";
type Headers = Record<string, string>;

/** A way to sign in. Tests hold both ways to the same promises. */
export type TestIdentity = {
  how: "demo" | "Clerk";
  /** Sets the environment of this test file from here on. */
  use: () => void;
  team: Record<Name, TeamMember>;
  /** Headers of a request by that person. */
  headersOf: (name: Name) => Headers;
};

export const CLERK_ENV = {
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: `pk_live_${Buffer.from("clerk.desk.example$").toString("base64")}`,
  CLERK_SECRET_KEY: "sk_live_of_the_tests",
  CLERK_JWT_KEY: PUBLIC_KEY_PEM,
  ALLOWED_EMAIL_DOMAINS: "team.example",
};

/** Sets variables, deletes those that are undefined, and makes the process read its environment again. */
export function setEnv(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  // The cache that lib/env.ts keeps under this name.
  processSingleton("env", () => ({ value: null as unknown })).value = null;
}

function teamWith(prefix: string, domain: string): Record<Name, TeamMember> {
  return {
    maya: { id: `${prefix}_maya`, email: `maya@${domain}`, name: "Maya Lindqvist", role: "admin" },
    priya: { id: `${prefix}_priya`, email: `priya@${domain}`, name: "Priya Nair", role: "member" },
    tomas: { id: `${prefix}_tomas`, email: `tomas@${domain}`, name: "Tomás Rivera", role: "member" },
  };
}

const demoTeam = teamWith("user_demo", "claimdesk.example");
export const demoIdentity: TestIdentity = {
  how: "demo",
  use: () =>
    setEnv({
      ...Object.fromEntries(Object.keys(CLERK_ENV).map((name) => [name, undefined])),
      AUTH_MODE: "demo",
    }),
  team: demoTeam,
  headersOf: (name) => ({ cookie: demoSessionCookie(demoTeam[name].id).split(";")[0] ?? "" }),
};

const clerkTeam = teamWith("user_clerk", "team.example");
export const clerkIdentity: TestIdentity = {
  how: "Clerk",
  use: () => setEnv({ ...CLERK_ENV, AUTH_MODE: undefined }),
  team: clerkTeam,
  headersOf: (name) => {
    const { id, email, name: fullName, role } = clerkTeam[name];
    return bearer(sessionToken({ sub: id, email, name: fullName, metadata: { role } }));
  },
};

export const IDENTITIES = [demoIdentity, clerkIdentity];

export function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` };
}
