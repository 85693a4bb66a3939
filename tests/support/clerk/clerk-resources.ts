import { randomBytes } from "node:crypto";
import { sessionToken } from "./clerk-tokens";

/** A person with an account at the instance, and the role in their public metadata. */
export type Account = { id: string; email: string; firstName: string; lastName: string; role?: string };

/** One browser, known by its `__client` cookie, with its attempt to sign in and the session after it. */
export type ClerkBrowser = {
  id: string;
  attempt: { id: string; account: Account; sessionId?: string } | null;
  session: { id: string; account: Account; startedAt: number } | null;
};

export function newId(kind: string): string {
  return `${kind}_${randomBytes(12).toString("hex")}`;
}

/** An instance with sign-in by password and one provider, which has a picture. Without sign-up and paid parts. */
export const ENVIRONMENT = {
  object: "environment",
  id: "env_tests",
  auth_config: { object: "auth_config", id: "aconf_tests", single_session_mode: true },
  display_config: {
    object: "display_config",
    id: "display_config_tests",
    instance_environment_type: "production",
    application_name: "Claimdesk",
    preferred_sign_in_strategy: "password",
    branded: true,
    home_url: "/",
    sign_in_url: "/sign-in",
    sign_up_url: "/sign-up",
    theme: {},
  },
  user_settings: {
    attributes: {
      email_address: { enabled: true, required: true, used_for_first_factor: true, first_factors: [] },
      password: { enabled: true, required: true, used_for_first_factor: false, first_factors: [] },
    },
    social: {
      oauth_google: {
        enabled: true,
        authenticatable: true,
        strategy: "oauth_google",
        name: "Google",
        logo_url: "https://img.clerk.com/static/google.png",
      },
    },
    sign_up: { mode: "restricted", progressive: true, captcha_enabled: false },
    password_settings: { min_length: 8, max_length: 72, disable_hibp: true },
  },
  organization_settings: { enabled: false },
};

/** A new token of the session for pages of `origin`, with the claims that .env.example asks for. */
export function tokenOf({ session }: ClerkBrowser, origin: string): string | null {
  if (!session) return null;
  const { id, email, firstName, lastName, role } = session.account;
  return sessionToken({
    ...{
      azp: origin,
      iss: issuerFor(origin),
      sid: session.id,
      sub: id,
      email,
      name: `${firstName} ${lastName}`,
    },
    metadata: role ? { role } : {},
  });
}

function issuerFor(origin: string): string {
  return `https://clerk.${new URL(origin).hostname}`;
}

export function clientJson(browser: ClerkBrowser, origin: string) {
  const { id, session, attempt } = browser;
  return {
    object: "client",
    id,
    sessions: session ? [sessionJson(browser, origin)] : [],
    sign_in: attempt && !attempt.sessionId ? signInJson(attempt) : null,
    sign_up: null,
    last_active_session_id: session?.id ?? null,
    created_at: 1_767_225_600_000,
    updated_at: Date.now(),
  };
}

export function sessionJson(browser: ClerkBrowser, origin: string) {
  const { session } = browser;
  if (!session) return null;
  const { account, startedAt } = session;
  return {
    object: "session",
    id: session.id,
    status: "active",
    expire_at: startedAt + 7 * 86_400_000,
    abandon_at: startedAt + 30 * 86_400_000,
    last_active_at: Date.now(),
    last_active_organization_id: null,
    actor: null,
    user: userJson(account),
    public_user_data: { ...faceJson(account), identifier: account.email },
    created_at: startedAt,
    updated_at: startedAt,
    last_active_token: { object: "token", jwt: tokenOf(browser, origin) },
  };
}

export function signInJson({ id, account, sessionId }: NonNullable<ClerkBrowser["attempt"]>) {
  return {
    object: "sign_in",
    id,
    status: sessionId ? "complete" : "needs_first_factor",
    identifier: account.email,
    supported_identifiers: ["email_address"],
    supported_first_factors: [{ strategy: "password" }],
    user_data: faceJson(account),
    created_session_id: sessionId ?? null,
  };
}

function faceJson({ id, firstName, lastName }: Account) {
  const image_url = `https://img.clerk.com/${id}.png`;
  return { first_name: firstName, last_name: lastName, image_url, has_image: true };
}

function userJson(account: Account) {
  const address = {
    object: "email_address",
    id: `idn_${account.id}`,
    email_address: account.email,
    verification: { object: "verification", status: "verified", strategy: "email_code" },
    linked_to: [],
  };
  return {
    object: "user",
    id: account.id,
    ...faceJson(account),
    primary_email_address_id: address.id,
    email_addresses: [address],
    phone_numbers: [],
    web3_wallets: [],
    external_accounts: [],
    enterprise_accounts: [],
    passkeys: [],
    organization_memberships: [],
    password_enabled: true,
    public_metadata: account.role ? { role: account.role } : {},
    created_at: 1_767_225_600_000,
    updated_at: 1_767_225_600_000,
  };
}
