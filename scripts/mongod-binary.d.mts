export function findMongod(report?: (what: string) => void): Promise<string>;
