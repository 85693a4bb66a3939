import "server-only";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { createClerkClient } from "@clerk/nextjs/server";
import { within } from "@/lib/process/deadline";
import { env } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { tokensIn } from "./clerk-proof";
import { CLERK_TIMEOUT_MS, IdentityUnavailableError } from "./identity";

/** How long a fetched key counts before Clerk is asked whether it still does, in milliseconds. */
const FRESH_MS = 300_000;
/** How often Clerk is asked for its keys at most, whatever tokens people send, in milliseconds. */
const ASK_EVERY_MS = 60_000;

type Keys = { byId: Map<string, string>; askedAt: number; fetchedAt: number; fetching: Promise<void> };
const keys = processSingleton("clerk-keys", (): Keys => ({
  byId: new Map(),
  askedAt: 0,
  fetchedAt: 0,
  fetching: Promise.resolve(),
}));

/**
 * The public key (PEM) for the tokens of `request`: CLERK_JWT_KEY, else the key that Clerk publishes under an id that one
 * of them names; null if it publishes none. Runs `beforeCall` before Clerk is asked, at most once a minute per process.
 * Throws `IdentityUnavailableError` if Clerk is away and the key is not known.
 */
export async function signingKeyFor(
  request: Pick<Request, "headers" | "url">,
  beforeCall = async () => {},
): Promise<string | null> {
  const { CLERK_JWT_KEY } = env();
  if (CLERK_JWT_KEY) return CLERK_JWT_KEY;
  const ids = tokensIn(request).flatMap(({ kid }) => kid ?? []);
  if (ids.length === 0) return null;
  const known = () => ids.map((id) => keys.byId.get(id)).find((key) => key !== undefined) ?? null;
  if (known() && Date.now() - keys.fetchedAt < FRESH_MS) return known();
  if (Date.now() - keys.askedAt >= ASK_EVERY_MS) {
    await beforeCall();
    startFetch();
  }
  try {
    await keys.fetching;
  } catch (error) {
    if (!known()) throw new IdentityUnavailableError(error);
  }
  return known();
}

/** A key that signed nothing, for tokens whose key is not known: with none at all, Clerk's package would fetch keys. */
export function nobodysKey(): string {
  return processSingleton("nobodys-key", () =>
    toPem(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey),
  );
}

function startFetch(): void {
  if (Date.now() - keys.askedAt < ASK_EVERY_MS) return; // another request was faster
  keys.askedAt = Date.now();
  keys.fetching = within(CLERK_TIMEOUT_MS, fetchKeys());
  keys.fetching.catch(() => {}); // reported to those who wait for it
}

async function fetchKeys(): Promise<void> {
  const { CLERK_SECRET_KEY: secretKey, CLERK_API_URL: apiUrl } = env();
  const clerk = createClerkClient({ secretKey, apiUrl, telemetry: { disabled: true } });
  const published = await clerk.jwks.getJwks();
  keys.byId = new Map(
    (published.keys ?? []).map((key) => [
      key.kid,
      toPem(createPublicKey({ key: { ...key }, format: "jwk" })),
    ]),
  );
  keys.fetchedAt = Date.now();
}

function toPem(key: ReturnType<typeof createPublicKey>): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}
