import { PEER_HEADER } from "@/lib/peer";
import { processSingleton } from "@/lib/process-singleton";

/** The header by which scripts/serve.mjs says who is connected, with the token of this process. */
export function fromPeer(address: string): Record<string, string> {
  const token = processSingleton("peer-token", () => "peer-token-of-the-tests");
  return { [PEER_HEADER]: `${token} ${address}` };
}

/** The headers of a request by this site's own pages, from a browser on this machine. */
export const FROM_OWN_PAGE = {
  host: "localhost:3000",
  "sec-fetch-site": "same-origin",
  ...fromPeer("127.0.0.1"),
};
