import "server-only";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { env } from "@/lib/env";
import { isLoopbackHost } from "@/lib/loopback";
import { isLoopbackAddress } from "@/lib/network-address";
import { peerOf } from "@/lib/peer";
import { processSingleton } from "@/lib/process-singleton";
import type { TeamMember } from "@/lib/api/vocabulary";
import type { Identity } from "./identity";

/** The people one can sign in as in the demo. */
export const DEMO_MEMBERS: readonly TeamMember[] = [
  { id: "user_demo_maya", email: "maya@claimdesk.example", name: "Maya Lindqvist", role: "admin" },
  { id: "user_demo_priya", email: "priya@claimdesk.example", name: "Priya Nair", role: "member" },
  { id: "user_demo_tomas", email: "tomas@claimdesk.example", name: "Tomás Rivera", role: "member" },
];

const COOKIE = "claimdesk_demo";
const SESSION_SECONDS = 8 * 3_600;

/** A Set-Cookie value that signs `memberId` in for 8 hours. `Secure` only if APP_URL is https. */
export function demoSessionCookie(memberId: string, now = new Date()): string {
  const expires = now.getTime() + SESSION_SECONDS * 1_000;
  const session = `${memberId}.${expires}`;
  return `${COOKIE}=${session}.${sign(session)}; ${cookieScope()}; Max-Age=${SESSION_SECONDS}`;
}

/** A Set-Cookie value that signs out. */
export function expiredDemoCookie(): string {
  return `${COOKIE}=; ${cookieScope()}; Max-Age=0`;
}

function cookieScope(): string {
  const scope = "Path=/; HttpOnly; SameSite=Lax";
  return env().APP_URL?.startsWith("https:") ? `${scope}; Secure` : scope;
}

/** The identity in the demo's cookie. A request from another machine, or to another name, is signed out. */
export function readDemoIdentity(headers: Headers, now = new Date()): Identity {
  const session = isForThisMachine(headers) ? sessionOf(cookieOf(headers), now) : undefined;
  return session ? { state: "member", ...session } : { state: "signed_out" };
}

/**
 * False if the request came from another machine, directly or through a proxy, or under a name that others can reach:
 * the demo does not answer there. False too if the server does not say who is connected.
 */
export function isForThisMachine(headers: Headers): boolean {
  const listed = (name: string) => headers.get(name)?.split(",") ?? [];
  const hosts = [headers.get("host"), ...listed("x-forwarded-host")];
  const senders = [peerOf(headers), ...listed("x-forwarded-for")];
  return (
    hosts.every((host) => host !== null && isLoopbackHost(host.trim())) &&
    senders.every((sender) => sender !== null && isLoopbackAddress(sender.trim()))
  );
}

type Session = { member: TeamMember; since: Date };

function sessionOf(cookie: string | undefined, now: Date): Session | undefined {
  const [memberId = "", expires = "", signature = ""] = cookie?.split(".") ?? [];
  const expected = Buffer.from(sign(`${memberId}.${expires}`));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  if (Number(expires) <= now.getTime()) return undefined;
  const member = DEMO_MEMBERS.find(({ id }) => id === memberId);
  return member && { member, since: new Date(Number(expires) - SESSION_SECONDS * 1_000) };
}

function cookieOf(headers: Headers): string | undefined {
  const pairs = headers.get("cookie")?.split(/; */) ?? [];
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

function sign(session: string): string {
  return createHmac("sha256", secret()).update(session).digest("base64url");
}

// Random per process if none is set: a secret in the source would be known to everybody.
const secret = () =>
  env().DEMO_SESSION_SECRET ?? processSingleton("demo-session-secret", () => randomBytes(32).toString("hex"));
