import "server-only";
import { ROUTES, type RouteKey } from "@/lib/auth/access";
import type { Pace } from "@/lib/pace";

/** The pace for accepted requests of `route`; null for the health routes, which load balancers call all the time. */
export function paceOf(route: RouteKey): Pace | null {
  if (route === "POST /api/emails/reply") return "reply";
  if (route === "POST /api/emails/inbound") return "inbound";
  if (route.startsWith("GET /api/health/")) return null;
  const access: string = ROUTES[route];
  if (access.startsWith("signed:")) return "inbound";
  if (access === "public" || access.startsWith("bearer:")) return "anonymous";
  return route.startsWith("GET ") ? "read" : "change";
}
