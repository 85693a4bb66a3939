import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS_MAX = 256;
/** So many are the most frequent ones; the others are those that differ most, such as the green of a single dot. */
const FREQUENT = 192;

/** A picture without transparency; `pixels` holds each as 0xRRGGBB, row by row. */
type Picture = { width: number; height: number; pixels: Uint32Array };

/**
 * The same picture with 256 of its colours, in a file a third as large. Every other colour becomes the nearest of them,
 * which in a picture of a page nobody can see. Pure: the same picture gives the same bytes.
 */
export function withFewColours(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const { palette, places } = chosenColours(pixels);
  const rows = Buffer.alloc((width + 1) * height); // each row begins with its filter: none
  pixels.forEach((colour, at) => {
    rows[at + Math.floor(at / width) + 1] = places.get(colour) ?? 0;
  });
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]); // 8 bits, colours of a palette
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap(partsOf))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The colours to keep, and for each colour of the picture the place of the one that stands for it. */
function chosenColours(pixels: Uint32Array): { palette: number[]; places: Map<number, number> } {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b).map(([colour]) => colour);
  const palette: number[] = [];
  const nearest = new Map(byCount.map((colour) => [colour, { place: 0, distance: Infinity }]));
  while (palette.length < Math.min(COLOURS_MAX, byCount.length)) {
    const next = palette.length < FREQUENT ? byCount[palette.length] : farthest(nearest);
    if (next === undefined) break;
    for (const [colour, best] of nearest) {
      const distance = distanceOf(colour, next);
      if (distance < best.distance) Object.assign(best, { place: palette.length, distance });
    }
    palette.push(next);
  }
  return { palette, places: new Map([...nearest].map(([colour, { place }]) => [colour, place])) };
}

/** The colour that is least like any that is kept. */
function farthest(nearest: Map<number, { distance: number }>): number | undefined {
  let found: number | undefined;
  let most = 0;
  for (const [colour, { distance }] of nearest) {
    if (distance > most) [found, most] = [colour, distance];
  }
  return found;
}

function distanceOf(one: number, other: number): number {
  const [[red, green, blue], [r, g, b]] = [partsOf(one), partsOf(other)];
  return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
}

function partsOf(colour: number): [number, number, number] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Reads a PNG as browsers write it: 8 bits, red, green and blue, perhaps alpha, not interlaced. Throws for any other. */
function decode(png: Buffer): Picture {
  const data: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const [depth, kind, interlace] = [png[24], png[25], png[28]];
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlace !== 0) {
    throw new Error("The browser took a picture in a format that this script cannot read.");
  }
  const step = kind === 2 ? 3 : 4;
  const bytes = unfiltered(inflateSync(Buffer.concat(data)), width * step, step);
  const pixels = new Uint32Array(width * height).map((_, at) => bytes.readUIntBE(at * step, 3));
  return { width, height, pixels };
}

/** Undoes the filter that each row names in its first byte; https://www.w3.org/TR/png-3/#9Filters. */
function unfiltered(rows: Buffer, rowBytes: number, step: number): Buffer {
  const height = rows.length / (rowBytes + 1);
  const out = Buffer.alloc(rowBytes * height);
  for (let row = 0; row < height; row += 1) {
    const filter = rows[row * (rowBytes + 1)] ?? 0;
    for (let at = 0; at < rowBytes; at += 1) {
      const here = row * rowBytes + at;
      const left = at < step ? 0 : (out[here - step] ?? 0);
      const up = row === 0 ? 0 : (out[here - rowBytes] ?? 0);
      const upLeft = at < step || row === 0 ? 0 : (out[here - rowBytes - step] ?? 0);
      out[here] = (rows[row * (rowBytes + 1) + 1 + at] ?? 0) + predicted(filter, left, up, upLeft);
    }
  }
  return out;
}

function predicted(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return Math.floor((left + up) / 2);
    case 4:
      return paeth(left, up, upLeft);
    default:
      return 0;
  }
}

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const distances = [left, up, upLeft].map((value) => Math.abs(estimate - value));
  const [ofLeft = 0, ofUp = 0, ofUpLeft = 0] = distances;
  if (ofLeft <= ofUp && ofLeft <= ofUpLeft) return left;
  return ofUp <= ofUpLeft ? up : upLeft;
}
