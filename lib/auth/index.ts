import "server-only";
import type { Identity } from "./member";

/** Who is asking. Without a request (a page), the session comes from Next's own headers and cookies. */
export async function getMember(_request?: Request): Promise<Identity> {
  return { state: "signed_out" };
}
