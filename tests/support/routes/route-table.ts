import { ROUTES, type TeamRoute } from "@/lib/auth/access";
import { ROLES } from "@/lib/api/vocabulary";
import type { RouteHandler } from "@/lib/http/route";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const files = import.meta.glob<Record<string, unknown>>("/app/api/**/route.ts", { eager: true });

/** Every route file with its exports, found on disk, so that a new one is tested without being listed. */
export const ROUTE_FILES = Object.entries(files).map(([file, exported]) => ({
  path: file.replace(/^\/app|\/route\.ts$/g, ""),
  exported,
}));

/** Every exported handler under its own method and address. */
export const FOUND_ROUTES = ROUTE_FILES.flatMap(({ path, exported }) =>
  METHODS.filter((method) => "route" in Object(exported[method]) || isOwn(exported, method)).map(
    (method) => ({
      key: `${method} ${path}`,
      handler: exported[method] as RouteHandler, // tests/app/api/methods.test.ts calls every one
    }),
  ),
);

/** False for the handler of `otherMethods`, which stands under several names. */
function isOwn(exported: Record<string, unknown>, method: string): boolean {
  return METHODS.filter((other) => exported[other] === exported[method]).length === 1;
}

/** The handler of `key`. Throws if no file exports it. */
export function handlerOf(key: string): RouteHandler {
  const found = FOUND_ROUTES.find((route) => route.key === key);
  if (!found) throw new Error(`No route file has ${key}.`);
  return found.handler;
}

const isTeamRoute = (key: string): key is TeamRoute =>
  ROLES.some((role) => role === ROUTES[key as keyof typeof ROUTES]); // every caller walks ROUTES

/** The routes for members: those that read, and those that change something. */
export const TEAM_ROUTES = Object.keys(ROUTES).filter(isTeamRoute);
export const READS = TEAM_ROUTES.filter((key) => key.startsWith("GET "));
export const VERBS = TEAM_ROUTES.filter((key) => !key.startsWith("GET "));
