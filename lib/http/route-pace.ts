import "server-only";
import { ROUTES, type RouteKey } from "@/lib/auth/access";
import type { Pace } from "@/lib/pace";

/** The pace of a route's right requests, or null for what a load balancer asks all the time. */
export function paceOf(route: RouteKey): Pace | null {
  if (route === "POST /api/emails/reply") return "reply";
  if (route === "POST /api/emails/inbound") return "inbound";
  if (route.startsWith("GET /api/health/")) return null;
  const who: string = ROUTES[route];
  if (who === "public" || who.startsWith("bearer:")) return "anonymous";
  return route.startsWith("GET ") ? "read" : "change";
}
