import "server-only";

/** True if `host`, with or without a port, can only mean this machine; false if it cannot be parsed. */
export function isLoopbackHost(host: string): boolean {
  const url = `http://${host}`;
  if (!URL.canParse(url)) return false;
  const { hostname, username } = new URL(url);
  if (username !== "") return false;
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
