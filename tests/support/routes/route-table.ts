import type { RouteHandler } from "@/lib/http/route";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

// Every route there is, found by itself, so that a new one cannot be forgotten.
const files = import.meta.glob<Record<string, unknown>>("/app/api/**/route.ts", { eager: true });

export type FoundRoute = { key: string; handler: RouteHandler };

/** Every handler that does something, under its method and address, whatever it says of itself. */
export const FOUND_ROUTES: FoundRoute[] = Object.entries(files).flatMap(([file, exported]) =>
  METHODS.filter((method) => "route" in Object(exported[method]) || isOwn(exported, method)).map(
    (method) => ({
      key: `${method} ${file.replace(/^\/app|\/route\.ts$/g, "")}`,
      // Each exported method is a handler; tests/app/api/methods.test.ts calls every one.
      handler: exported[method] as RouteHandler,
    }),
  ),
);

/** False for what `otherMethods` refuses with: one handler under several names. */
function isOwn(exported: Record<string, unknown>, method: string): boolean {
  const handler = exported[method];
  return METHODS.filter((other) => exported[other] === handler).length === 1;
}
