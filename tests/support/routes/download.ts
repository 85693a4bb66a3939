import type { RouteHandler } from "@/lib/http/route";
import { FROM_OWN_PAGE } from "./peer";

/** Calls a route that answers with a file or a page, and reads its bytes. */
export async function download(
  handler: RouteHandler,
  params: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const request = new Request("http://localhost:3000/download", {
    headers: { ...FROM_OWN_PAGE, ...headers },
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}
