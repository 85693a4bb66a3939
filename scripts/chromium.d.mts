export function ensureChromium(report?: (what: string) => void): string;
