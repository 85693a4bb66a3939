/** A window on a desk, and one on a phone, in CSS pixels. */
export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

/** Where the pictures are, from the root of the repository. */
export const PICTURES_FOLDER = "docs/images";

/** Most bytes of one picture. */
export const PICTURE_MAX = 150 * 1024;

/** Every picture of the guides with its size. `npm run guide-pictures` makes exactly these. */
export const PICTURES = {
  unassigned: WIDE,
  picker: WIDE,
  given: WIDE,
  "given-phone": PHONE,
  mine: WIDE,
  history: WIDE,
  selection: WIDE,
  "selection-phone": PHONE,
  results: WIDE,
  job: WIDE,
  team: WIDE,
  settings: WIDE,
  removed: WIDE,
  "let-in-again": WIDE,
} as const;

export type PictureName = keyof typeof PICTURES;
