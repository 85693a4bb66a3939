import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";

// This key pair stands for the instance's. Its tokens are real session tokens, and the desk verifies them.
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const PUBLIC_KEY_PEM = publicKey.export({ type: "spki", format: "pem" }).toString();
export const KEY_ID = "ins_tests";
export const PUBLIC_JWK = { ...publicKey.export({ format: "jwk" }), kid: KEY_ID, use: "sig", alg: "RS256" };

/** The publishable key of an instance whose scripts and API are at `clerk.` of `domain`. */
export function publishableKeyOf(domain: string): string {
  return `pk_live_${Buffer.from(`clerk.${domain}$`).toString("base64")}`;
}

export function strangersKey(): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}

export type Claims = Record<string, unknown>;

/** Claims of a version 2 session token of a team member, valid for a minute. Undefined leaves a claim out. */
export function sessionClaims(overrides: Claims = {}): Claims {
  const now = Math.floor(Date.now() / 1_000);
  return {
    azp: "http://localhost:3000",
    exp: now + 60,
    fva: [0, -1],
    iat: now,
    iss: "https://clerk.desk.example",
    jti: "0123456789abcdef",
    nbf: now - 10,
    sid: "sess_tests",
    sts: "active",
    v: 2,
    sub: "user_clerk_priya",
    email: "priya@team.example",
    email_verified: true,
    name: "Priya Nair",
    metadata: {},
    ...overrides,
  };
}

/** A session token with these claims; the header names the category that session tokens have. */
export function sessionToken(
  overrides: Claims = {},
  { key, header = {} }: { key?: KeyObject; header?: Claims } = {},
): string {
  return signedByClerk(sessionClaims(overrides), { key, header: { cat: "cl_B7d4PD111AAA", ...header } });
}

/** Claims signed as Clerk signs them. */
export function signedByClerk(
  claims: Claims,
  { key = privateKey, header = {} }: { key?: KeyObject; header?: Claims } = {},
): string {
  const head = encode({ alg: "RS256", kid: KEY_ID, typ: "JWT", ...header });
  const signed = `${head}.${encode(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key).toString("base64url")}`;
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
