import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import path from "node:path";
import { text } from "node:stream/consumers";
import { ensureClerkJs } from "@/scripts/clerk-js.mjs";
import type { Certificate } from "@/tests/support/network/certificate";
import {
  clientJson,
  ENVIRONMENT,
  newId,
  sessionJson,
  signInJson,
  tokenOf,
  type Account,
  type ClerkBrowser,
} from "./clerk-resources";
import { publishableKeyOf, signedByClerk } from "./clerk-tokens";
import { listening } from "@/tests/support/network/tls-front";

export const PASSWORD = "correct horse battery staple";

type Asked = { method: string; url: URL; form: URLSearchParams; browser: ClerkBrowser };
type Answer = { status?: number; body?: unknown; location?: string; cookies?: string[] };

/**
 * A double of the part of Clerk's Frontend API that Clerk's scripts ask for a sign-in by password, session tokens and a
 * sign-out. Serves those scripts too, over TLS: the browser runs Clerk's code, the answers are written from Clerk's
 * documents. `site` is the one origin it serves and sets cookies for.
 */
export async function startClerkFrontend(certificate: Certificate, site: string, accounts: Account[]) {
  const scripts = await ensureClerkJs();
  const browsers = new Map<string, ClerkBrowser>();
  const routes: string[] = [];
  const domain = new URL(site).hostname;
  const suffix = createHash("sha1").update(publishableKeyOf(domain)).digest("base64url").slice(0, 8);

  const server = createServer(certificate, (request, response) => {
    const url = new URL(request.url ?? "/", `https://clerk.${domain}`);
    response.setHeader("access-control-allow-origin", site);
    response.setHeader("access-control-allow-credentials", "true");
    const [, name, file] =
      /^\/npm\/@clerk\/(clerk-js|ui)@[^/]+\/dist\/([\w.-]+\.js)$/.exec(url.pathname) ?? [];
    if (name && file) return sendScript(response, path.join(scripts[name as keyof typeof scripts], file));
    if (url.pathname.endsWith(".png")) return response.writeHead(200, PICTURE).end(ONE_PIXEL);
    if (request.method === "OPTIONS") return response.writeHead(204, PREFLIGHT).end();
    void respond(request, response, url);
  });

  async function respond(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const [known, browser] = browserOf(request);
    const method = url.searchParams.get("_method") ?? request.method ?? "GET";
    const { status = 200, body, location, cookies = [] } = answer({ method, url, form, browser });
    if (!known) cookies.push(`__client=${browser.id}; Path=/; HttpOnly; Secure; SameSite=Lax`);
    response.writeHead(status, {
      ...(location ? { location } : { "content-type": "application/json" }),
      "set-cookie": cookies,
    });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  function browserOf({ headers }: IncomingMessage): [isKnown: boolean, ClerkBrowser] {
    const known = browsers.get(/(?:^|; )__client=(\w+)/.exec(headers.cookie ?? "")?.[1] ?? "");
    if (known) return [true, known];
    const browser: ClerkBrowser = { id: newId("client"), attempt: null, session: null };
    browsers.set(browser.id, browser);
    return [false, browser];
  }

  function answer(asked: Asked): Answer {
    const { method, url, form, browser } = asked;
    const route = `${method} ${url.pathname.replace(/\/(sia|sess)_\w+/, "/ID")}`;
    routes.push(route);
    switch (route) {
      case "GET /v1/environment":
        return { body: ENVIRONMENT };
      case "GET /v1/client":
        return { body: { response: clientJson(browser, site), client: null } };
      case "GET /v1/client/handshake":
        return handshake(asked);
      case "POST /v1/client/sign_ins": {
        const account = accounts.find(({ email }) => email === form.get("identifier"));
        if (!account)
          return refusal("form_identifier_not_found", "Couldn't find your account.", "identifier");
        browser.attempt = { id: newId("sia"), account };
        return form.has("password") ? attempt(asked) : wrapped(browser, signInJson(browser.attempt));
      }
      case "POST /v1/client/sign_ins/ID/attempt_first_factor":
        return attempt(asked);
      case "POST /v1/client/sessions/ID/touch":
        return wrapped(browser, sessionJson(browser, site));
      case "POST /v1/client/sessions/ID/tokens":
        return browser.session
          ? { body: { object: "token", jwt: tokenOf(browser, site) } }
          : refusal("resource_not_found", "Session not found", "session", 404);
      case "POST /v1/client/sessions/ID/remove":
      case "DELETE /v1/client/sessions":
        browser.session = null;
        return { ...wrapped(browser, clientJson(browser, site)), cookies: clientUat(browser) };
      default:
        return refusal("not_found", `${route} is not known here.`, "", 404);
    }
  }

  function attempt({ form, browser }: Asked): Answer {
    if (!browser.attempt) return refusal("resource_not_found", "No sign-in is under way.", "", 404);
    const { account } = browser.attempt;
    if (form.get("password") !== PASSWORD) {
      return refusal("form_password_incorrect", "Password is incorrect. Try again.", "password");
    }
    browser.session = { id: newId("sess"), account, startedAt: Date.now() };
    browser.attempt.sessionId = browser.session.id;
    return { ...wrapped(browser, signInJson(browser.attempt)), cookies: clientUat(browser) };
  }

  // Back to the page, with the cookies of this browser's session as the instance knows it.
  function handshake({ url, browser }: Asked): Answer {
    const back = new URL(url.searchParams.get("redirect_url") ?? site);
    const token = tokenOf(browser, site);
    const session = inBothNames("__session", token ? `${token}; Path=/` : "; Path=/; Max-Age=0");
    back.searchParams.set(
      "__clerk_handshake",
      signedByClerk({ handshake: [...session, ...clientUat(browser)] }),
    );
    return { status: 307, location: back.href };
  }

  /** The time of this browser's sign-in, for the whole site. */
  function clientUat({ session }: ClerkBrowser): string[] {
    const since = session ? Math.floor(session.startedAt / 1_000) : 0;
    return inBothNames("__client_uat", `${since}; Domain=${domain}; Path=/`);
  }

  // Clerk sets each cookie twice, once with the instance in its name, and reads each under its own name.
  function inBothNames(name: string, value: string): string[] {
    return [name, `${name}_${suffix}`].map((either) => `${either}=${value}; Secure; SameSite=Lax`);
  }

  const wrapped = (browser: ClerkBrowser, response: unknown): Answer => ({
    body: { response, client: clientJson(browser, site) },
  });

  /** Ends every session at the instance. The browsers are not told. */
  const endSessions = () => browsers.forEach((browser) => (browser.session = null));

  return { ...(await listening(server)), routes, endSessions };
}

const PREFLIGHT = {
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": "authorization",
};
// Pictures come from another host, without cookies, for any page.
const PICTURE = { "content-type": "image/png", "access-control-allow-origin": "*" };
const ONE_PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

function refusal(code: string, message: string, parameter: string, status = 422): Answer {
  const error = { code, message, long_message: message, meta: { param_name: parameter } };
  return { status, body: { errors: [error], clerk_trace_id: "tests" } };
}

function sendScript(response: ServerResponse, file: string): void {
  if (!existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": "text/javascript", "access-control-allow-origin": "*" });
  createReadStream(file).pipe(response);
}
