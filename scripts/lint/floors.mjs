// Who may import whom: the order of the floors, which eslint.config.mjs turns into rules. See docs/decisions/0011.
import { readdirSync } from "node:fs";

/** From top to bottom. A room imports from the floors below its own, never from its own floor or from above. */
const FLOORS = {
  lib: [
    { rooms: ["desk"], holds: "the wiring: which followers run, start, status, gauges" },
    { rooms: ["http"], holds: "the wrapper of every route; only this floor knows status numbers" },
    {
      rooms: ["privacy", "bulk"],
      holds: "jobs that reach into mails, tickets and the audit log",
    },
    { rooms: ["cards", "inbound", "outbound", "team"], holds: "the followers and the verbs that need them" },
    { rooms: ["tickets"], holds: "the rules, one verb a file" },
    { rooms: ["conversation"], holds: "who is in a ticket and who is answered" },
    { rooms: ["auth", "mail", "discord", "pace"], holds: "one outside world each" },
    { rooms: ["pace-slices"], holds: "counting behind the requests" },
    { rooms: ["live"], holds: "the change stream" },
    { rooms: ["process"], holds: "what a process needs to run followers" },
    { rooms: ["store"], holds: "the database connection, transactions, files, paging" },
    { rooms: ["metrics", "log"], holds: "what operators read" },
    { rooms: ["env"], holds: "the environment" },
    { rooms: ["auth-mode", "webhook-url"], holds: "how two variables are read" },
    { rooms: ["peer"], holds: "the connection a request came by" },
    { rooms: ["hash", "loopback", "network-address", "process-singleton", "result", "api"], holds: "leaves" },
  ],
  components: [
    { rooms: ["shell", "screens"], holds: "whole pages and the frame around them" },
    { rooms: ["ReplyForm"], holds: "the reply form" },
    {
      rooms: ["reply", "mail", "settings", "team"],
      holds: "the parts of the reply form and of the pages for mail, privacy, settings and the team",
    },
    { rooms: ["conversation"], holds: "one ticket" },
    { rooms: ["tickets"], holds: "lists of tickets, claim and unclaim" },
    { rooms: ["auth"], holds: "signing in and out" },
    { rooms: ["client"], holds: "what a window knows: the API, the live stream, who is signed in" },
    { rooms: ["ui"], holds: "our look, without any knowledge of tickets" },
  ],
};

const pathsOf = (top, room) => [`./${top}/${room}`, `./${top}/${room}.ts`, `./${top}/${room}.tsx`];

/** Throws if a room of `top` stands on no floor: it would be free to import anything. */
function assertRoomsHaveFloors(top) {
  const known = new Set(FLOORS[top].flatMap(({ rooms }) => rooms));
  const rooms = readdirSync(top).map((entry) => entry.replace(/\.tsx?$/, ""));
  const missing = rooms.filter((room) => !known.has(room));
  if (missing.length === 0) return;
  throw new Error(
    `${missing.map((room) => `${top}/${room}`).join(", ")}: give it a floor in scripts/lint/floors.mjs.`,
  );
}

/** Zones of `import-x/no-restricted-paths`, one per room, each with a message that says where the thing belongs. */
export function floorZones(top) {
  assertRoomsHaveFloors(top);
  const zones = FLOORS[top].flatMap(({ rooms, holds }, height) =>
    rooms.map((room) => ({
      target: pathsOf(top, room),
      from: FLOORS[top]
        .slice(0, height + 1)
        .flatMap((floor) => floor.rooms)
        .filter((other) => other !== room)
        .flatMap((other) => pathsOf(top, other)),
      message: `${top}/${room} (${holds}) may only import from floors below it. Move the shared part down, or call this from above. The order is in scripts/lint/floors.mjs.`,
    })),
  );
  return zones.filter(({ from }) => from.length > 0);
}

/** The same for the folders at the top, app → components → lib/api and app → lib → models. */
export const LAYER_ZONES = [
  {
    target: "./app",
    from: "./models",
    message: "Stored shapes stay below lib. If a page or route needs data, a room of lib is missing a read.",
  },
  {
    target: "./components",
    from: "./lib",
    except: ["./api", "./result.ts"],
    message: "Components take plain props and lib/api; the server's code must not reach the browser.",
  },
  {
    target: "./components",
    from: ["./app", "./models"],
    message: "Components are below app, and see no stored shapes; pass what they need as props.",
  },
  {
    target: "./lib",
    from: ["./app", "./components"],
    message: "lib knows nothing of pages and screens; return plain data and let app put it together.",
  },
  {
    target: "./models",
    from: ["./app", "./components"],
    message: "A model is a stored shape and its indexes; it knows nothing of pages and screens.",
  },
  {
    target: ["./lib/mail", "./lib/discord", "./lib/api", "./lib/env.ts", "./lib/log.ts", "./lib/metrics.ts"],
    from: "./models",
    message: "This room speaks a protocol or serves everybody; stored shapes belong to the rooms above it.",
  },
  {
    target: ["./app", "./components", "./lib", "./models"],
    from: ["./scripts", "./tests"],
    message: "The product does not depend on its scripts and tests; move the shared part into lib.",
  },
  {
    target: "./scripts",
    from: "./tests",
    message: "Scripts run without the tests; what both need (a stand-in, a free port) lives in scripts.",
  },
];
