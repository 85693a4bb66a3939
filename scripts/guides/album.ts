import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { PICTURE_MAX, PICTURES, type PictureName } from "./pictures";
import { withFewColours } from "./png";

/** Time between two looks at a page that may still be moving, and how often it is looked at. */
const STILL_MS = 300;
const LOOKS_MAX = 20;

/** Takes the pictures and keeps them until all are there. */
export class Album {
  private readonly taken = new Map<PictureName, Buffer>();

  /** Throws if the page goes on changing, or if the picture is too large in pixels or bytes. */
  async take(page: Page, name: PictureName): Promise<void> {
    const size = page.viewportSize();
    const { width, height } = PICTURES[name];
    if (size?.width !== width || size.height !== height) {
      throw new Error(`The window for the picture "${name}" has to be ${width} × ${height} pixels.`);
    }
    await page.evaluate(() => document.fonts.ready);
    const picture = withFewColours(await stillPicture(page, name));
    if (picture.length > PICTURE_MAX) {
      throw new Error(`The picture "${name}" has ${picture.length} bytes, more than ${PICTURE_MAX}.`);
    }
    this.taken.set(name, picture);
  }

  /** Writes all pictures into `folder`. Throws before it writes any if one was not taken. */
  async write(folder: string): Promise<void> {
    const names = Object.keys(PICTURES) as PictureName[];
    const missing = names.filter((name) => !this.taken.has(name));
    if (missing.length > 0) throw new Error(`No scene took these pictures: ${missing.join(", ")}.`);
    await mkdir(folder, { recursive: true });
    for (const [name, picture] of this.taken) await writeFile(path.join(folder, `${name}.png`), picture);
  }
}

/** The first picture that is the same as the one before it. */
async function stillPicture(page: Page, name: PictureName): Promise<Buffer> {
  let before: Buffer | null = null;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const picture = await page.screenshot({ animations: "disabled", caret: "hide", scale: "css" });
    if (before?.equals(picture)) return picture;
    before = picture;
    await sleep(STILL_MS);
  }
  throw new Error(`The page for the picture "${name}" does not come to rest.`);
}
