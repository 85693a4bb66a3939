import type { RouteHandler } from "@/lib/http/route";

/** Calls a route that answers with a file or a page, and reads its bytes. */
export async function download(
  handler: RouteHandler,
  params: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const request = new Request("http://localhost:3000/download", {
    headers: { host: "localhost:3000", ...headers },
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}
