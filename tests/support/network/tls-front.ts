import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificate";

/**
 * A reverse proxy as stands before a desk: ends TLS, and hands each request on to `target` with the host it was asked
 * by and the headers proxies add. Changes nothing of what comes back.
 */
export async function startTlsFront(certificate: Certificate, target: string) {
  const { hostname, port } = new URL(target);
  const server = createServer(certificate, (asked, answer) => {
    const { method, url: path, headers, socket } = asked;
    const forwarded = {
      "x-forwarded-proto": "https",
      "x-forwarded-host": headers.host,
      "x-forwarded-for": socket.remoteAddress,
    };
    const onward = httpRequest(
      { hostname, port, method, path, headers: { ...headers, ...forwarded } },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
        response.pipe(answer);
      },
    );
    onward.on("error", () => answer.destroy());
    // A stream that nobody reads any more must end behind us as well.
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  });
  return listening(server);
}

/** Has `server` listen on this machine, and says where; `close` cuts off whoever is still connected. */
export async function listening(server: ReturnType<typeof createServer>) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // Sound because a server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port, close };
}
