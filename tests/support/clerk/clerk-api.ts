import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PUBLIC_JWK } from "./clerk-tokens";

export type ClerkUser = {
  id: string;
  email: string | null;
  isVerified?: boolean;
  name?: string;
  role?: string;
};

/**
 * A double of the part of Clerk's Backend API that the desk asks: one user, and the signing keys. Written from Clerk's
 * documents, so it proves the wiring and not the answers of a real instance. `away` makes it answer 503 to everything,
 * `silent` makes it take requests and never answer.
 */
export async function startClerkApi() {
  const users = new Map<string, ClerkUser>();
  const requests: string[] = [];
  const state = { away: false, silent: false };
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const send = (status: number, body: unknown) => {
      // Exactly this type: with a charset the SDK reads the body as text.
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const fail = (status: number, code: string) =>
      send(status, { errors: [{ code, message: code, meta: {} }] });
    if (state.silent) return;
    if (state.away) return fail(503, "service_unavailable");
    if (request.url === "/v1/jwks") return send(200, { keys: [PUBLIC_JWK] });
    const id = /^\/v1\/users\/([^/?]+)$/.exec(request.url ?? "")?.[1];
    const user = id && users.get(id);
    return user ? send(200, toJson(user)) : fail(404, "resource_not_found");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address of this type.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    users,
    requests,
    state,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function toJson({ id, email, isVerified = true, name = "", role }: ClerkUser) {
  const [firstName = null, ...rest] = name.split(" ").filter(Boolean);
  const address = {
    id: `idn_${id}`,
    object: "email_address",
    email_address: email,
    verification: {
      object: "verification",
      status: isVerified ? "verified" : "unverified",
      strategy: "email_code",
    },
    linked_to: [],
  };
  return {
    object: "user",
    id,
    first_name: firstName,
    last_name: rest.join(" ") || null,
    primary_email_address_id: email === null ? null : address.id,
    email_addresses: email === null ? [] : [address],
    phone_numbers: [],
    web3_wallets: [],
    external_accounts: [],
    public_metadata: role ? { role } : {},
  };
}
