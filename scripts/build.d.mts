export function buildIfStale(report?: (what: string) => void, stdio?: "inherit" | "pipe"): boolean;
