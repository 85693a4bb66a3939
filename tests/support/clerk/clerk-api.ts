import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PUBLIC_JWK } from "./clerk-tokens";

export type ClerkUser = {
  id: string;
  email: string | null;
  isVerified?: boolean;
  name?: string;
  role?: string;
  isBanned?: boolean;
  /** Locked: for so many seconds, or until somebody unlocks them. */
  lock?: number | "without end";
};

/**
 * A double of the part of Clerk's Backend API that the desk asks: users, an organization's members, and the signing
 * keys. Written from Clerk's documents, so it proves the wiring and not the answers of a real instance. `away` makes it
 * answer 503 to everything, `silent` makes it take requests and never answer, `cutsLists` makes each list one row long,
 * and `ignoresFilters` makes it list everybody.
 */
export async function startClerkApi() {
  const users = new Map<string, ClerkUser>();
  /** Ids of the members of each organization. */
  const organizations = new Map<string, Set<string>>();
  const requests: string[] = [];
  const state = { away: false, silent: false, cutsLists: false, ignoresFilters: false };
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
    if (!request.headers.authorization?.startsWith("Bearer sk_")) return fail(401, "clerk_key_invalid");
    if (request.url === "/v1/jwks") return send(200, { keys: [PUBLIC_JWK] });
    const { pathname, searchParams } = new URL(request.url ?? "", "http://clerk.invalid");
    const ids = searchParams.getAll("user_id");
    const isWanted = (userId: string) => state.ignoresFilters || ids.length === 0 || ids.includes(userId);
    const page = <Row>(rows: Row[]): Row[] => {
      const offset = Number(searchParams.get("offset") ?? 0);
      const limit = Number(searchParams.get("limit") ?? 10);
      return rows.slice(offset, state.cutsLists ? 1 : offset + limit);
    };
    const wanted = [...users.values()].filter((user) => isWanted(user.id));
    if (ids.length > 100 || Number(searchParams.get("limit")) > 500) return fail(422, "form_param_invalid");
    if (pathname === "/v1/users") return send(200, page(wanted).map(toJson));
    if (pathname === "/v1/users/count") {
      return send(200, { object: "total_count", total_count: wanted.length });
    }
    const [, organizationId] = /^\/v1\/organizations\/([^/]+)\/memberships$/.exec(pathname) ?? [];
    if (organizationId) {
      const members = organizations.get(organizationId);
      if (!members) return fail(404, "resource_not_found");
      const rows = [...members].filter(isWanted).map((userId) => toMembership(organizationId, userId));
      return send(200, { data: page(rows), total_count: rows.length });
    }
    const id = /^\/v1\/users\/([^/?]+)$/.exec(pathname)?.[1];
    const user = id && users.get(id);
    return user ? send(200, toJson(user)) : fail(404, "resource_not_found");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address of this type.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    users,
    organizations,
    requests,
    state,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function toMembership(organizationId: string, userId: string) {
  return {
    object: "organization_membership",
    id: `orgmem_${userId}`,
    role: "org:member",
    permissions: [],
    public_metadata: {},
    organization: { object: "organization", id: organizationId, name: "Desk", slug: "desk" },
    public_user_data: { user_id: userId, identifier: `${userId}@team.example` },
  };
}

function toJson({ id, email, isVerified = true, name = "", role, isBanned = false, lock }: ClerkUser) {
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
    banned: isBanned,
    locked: lock !== undefined,
    lockout_expires_in_seconds: typeof lock === "number" ? lock : null,
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
