import { createSign, generateKeyPairSync } from "node:crypto";

// This key pair stands for the one of a Clerk instance: the desk proves every session with its public half.
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const MEMBERS = 50;

/** How long a token counts, in seconds, as Clerk issues them; browsers fetch the next one a little earlier. */
const TOKEN_SECONDS = 60;
const RENEW_AFTER_MS = 45_000;

export const memberId = (member: number): string => `user_bench_${member}`;

/** The environment of a desk whose members sign in with Clerk. Their tokens hold every claim, so Clerk is never asked. */
export function clerkEnvironment(): Record<string, string> {
  return {
    AUTH_MODE: "clerk",
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: `pk_live_${Buffer.from("clerk.bench.example$").toString("base64")}`,
    CLERK_SECRET_KEY: "sk_live_of_the_benchmark",
    CLERK_JWT_KEY: publicKey.export({ type: "spki", format: "pem" }).toString(),
    CLERK_API_URL: "http://127.0.0.1:9", // nobody answers there
    ALLOWED_EMAIL_DOMAINS: "team.example",
  };
}

/** The cookies of the members' browsers at the desk at `origin`, renewed every 45 s, when they are asked for. */
export function clerkSessions(origin: string): () => string[] {
  let cookies: string[] = [];
  let renewAt = 0;
  return () => {
    if (performance.now() >= renewAt) {
      renewAt = performance.now() + RENEW_AFTER_MS;
      cookies = Array.from({ length: MEMBERS }, (_, member) => cookieOf(member, origin));
    }
    return cookies;
  };
}

function cookieOf(member: number, origin: string): string {
  const now = Math.floor(Date.now() / 1_000);
  const token = signed({
    ...{ azp: origin, iss: "https://clerk.bench.example", iat: now, nbf: now - 10, exp: now + TOKEN_SECONDS },
    ...{ sub: memberId(member), sid: `sess_bench_${member}`, sts: "active", v: 2, fva: [0, -1] },
    jti: `${member}-${now}`,
    ...{
      email: `member${member}@team.example`,
      email_verified: true,
      name: `Member ${member}`,
      metadata: {},
    },
  });
  return `__session=${token}; __client_uat=${now - 3_600}`;
}

function signed(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = { alg: "RS256", kid: "ins_bench", typ: "JWT", cat: "cl_B7d4PD111AAA" };
  const text = `${part(head)}.${part(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey).toString("base64url")}`;
}
