const UNITS = ["bytes", "kB", "MB", "GB"];

/** "812 bytes", "14 kB", "2.5 MB": how large a file is. */
export function sizeText(sizeBytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(sizeBytes, 1)) / 3), UNITS.length - 1);
  const size = sizeBytes / 1_000 ** power;
  return `${power > 1 && size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[power]}`;
}
