import "server-only";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { accessOf, type SignedRoute, type SigningSecret } from "@/lib/auth/access";
import { env } from "@/lib/env";
import { keepPace } from "@/lib/pace";
import { connectDb } from "@/lib/store/db";
import { addressOf } from "./address";
import { JSON_BODY_MAX_BYTES, readBytes } from "./body";
import { Refusal } from "./refusal";
import { withErrors, type RouteHandler } from "./route";
import { paceOf } from "./route-pace";

/**
 * A route for a program that signs each request with the secret that the access table names, as Svix does for Clerk.
 * Refuses every other request with 401, even while the database is away: a wrong, missing or cut signature, another
 * body, a time more than five minutes off. A right request may arrive again within that time, so `handler` must do no
 * harm twice. `handler` gets the body parsed as JSON; the database is connected when it runs.
 */
export function withSignature(
  route: SignedRoute,
  handler: (body: unknown) => Promise<Response>,
): RouteHandler {
  const name = secretOf(accessOf(route));
  const pace = paceOf(route);
  const guarded = withErrors(async (request) => {
    const address = addressOf(request.headers);
    const body = signedText(await readBytes(request, JSON_BODY_MAX_BYTES), request.headers, env()[name]);
    if (body === null) {
      await keepPace("closed", address);
      throw new Refusal("unauthenticated", "The signature does not fit this body, this time and our secret.");
    }
    if (pace) await keepPace(pace, `${route} ${address}`);
    await connectDb();
    return handler(parsedJson(body));
  });
  return Object.assign(guarded, { route });
}

function secretOf(access: `signed:${SigningSecret}`): SigningSecret {
  // Sound by the type: such an entry is "signed:" and the name of a variable.
  return access.slice("signed:".length) as SigningSecret;
}

/** The body as text if its signature is right, else null. Null for every body if `secret` is not configured. */
function signedText(body: Uint8Array, headers: Headers, secret: string | undefined): string | null {
  const timestamp = headers.get("svix-timestamp") ?? "";
  // The library signs text and reads a number from its beginning; with these two checks, only what was signed passes.
  const text = exactText(body);
  if (secret === undefined || text === null || !/^\d{1,12}$/.test(timestamp)) return null;
  const signed = {
    "webhook-id": headers.get("svix-id") ?? "",
    "webhook-timestamp": timestamp,
    "webhook-signature": headers.get("svix-signature") ?? "",
  };
  try {
    new Webhook(secret).verify(text, signed, { jsonParse: false });
    return text;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return null;
    throw error;
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("invalid_request", "The body is not valid JSON.", { issues: [] });
  }
}

/** The text whose UTF-8 is exactly `body`; null if there is none. */
function exactText(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}
