// `npm run guide-pictures`: makes the pictures of the guides on a desk of its own, by pressing what people press.
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { buildIfStale } from "@/scripts/build.mjs";
import { sendDemoMails } from "@/scripts/demo/send-mails";
import { Album } from "./album";
import { BULK_SCENES } from "./bulk-scenes";
import { startGuideDesk, type GuideDesk } from "./desk";
import { HANDOVER_SCENES } from "./handover-scenes";
import { PICTURES_FOLDER } from "./pictures";
import type { Scene, Stage } from "./scene";
import { TEAM_SCENES } from "./team-scenes";
import { DeskWindow, openBrowser } from "./window";

const root = path.resolve(import.meta.dirname, "..", "..");
const SCENES = [...HANDOVER_SCENES, ...BULK_SCENES, ...TEAM_SCENES];
/** Tickets that the example mails become; the other mails are answers. */
const TICKETS = 16;

const report = (step: string) => console.log(`• ${step} …`);
const stops: (() => unknown)[] = [];
let stopping: Promise<void> | null = null;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void stop().then(() => process.exit(1)));
}

try {
  await makePictures();
  await stop();
} catch (error) {
  if (!stopping)
    console.error(`\nNo picture was changed. ${error instanceof Error ? error.message : String(error)}`);
  await stop();
  process.exitCode = 1;
}

async function makePictures(): Promise<void> {
  buildIfStale(report, "pipe");
  const desk = await startGuideDesk(stops, report);
  await sendDemoMails(desk.inboundPort, report);
  const stage = await setStage(desk);
  for (const scene of SCENES) await play(scene, stage);
  await stage.album.write(path.join(root, PICTURES_FOLDER));
  console.log(`The pictures are in ${PICTURES_FOLDER}.`);
}

async function setStage(desk: GuideDesk): Promise<Stage> {
  report("Opening a browser");
  const browser = await openBrowser(report);
  stops.push(() => browser.close());
  const windowOf = (name: string, size?: "phone") => DeskWindow.open(browser, desk.url, name, size);
  return {
    maya: await windowOf("Maya Lindqvist"),
    priya: await windowOf("Priya Nair"),
    tomas: await windowOf("Tomás Rivera"),
    priyaPhone: await windowOf("Priya Nair", "phone"),
    tomasPhone: await windowOf("Tomás Rivera", "phone"),
    album: new Album(),
    tickets: TICKETS,
    desk,
  };
}

async function play({ shows, play: act }: Scene, stage: Stage): Promise<void> {
  report(`Showing ${shows}`);
  try {
    await act(stage);
  } catch (error) {
    const told = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
    const lines = told.split("\n");
    const reason = [lines[0], lines.find((line) => line.includes("waiting for"))?.trim()].filter(Boolean);
    throw new Error(`This was not reached: ${shows}. ${reason.join(" ")}`, { cause: error });
  }
}

/** Ends all that was started, the last first. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    for (const end of stops.splice(0).reverse()) await end();
  })();
  return stopping;
}
