export function ensureClerkJs(report?: (what: string) => void): Promise<{ "clerk-js": string; ui: string }>;
