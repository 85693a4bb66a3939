import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificate";

/**
 * A reverse proxy before a desk. Ends TLS, and forwards each request to `target` with its host and the usual headers of a
 * proxy. Does not change the answers.
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
    // If the client leaves, the stream behind must end as well.
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  });
  return listening(server);
}

/** Starts `server` on a free port of this machine. `close` also cuts off open connections. */
export async function listening(server: ReturnType<typeof createServer>) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address of this type.
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port, close };
}
