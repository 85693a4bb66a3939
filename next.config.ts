import type { NextConfig } from "next";
import { HSTS, SECURITY_HEADERS, UNFRAMED_HEADERS } from "./scripts/security-headers.mjs";

const listed = (headers: Record<string, string>) =>
  Object.entries(headers).map(([key, value]) => ({ key, value }));

const isCrashBuild = process.env.CRASH_POINTS === "1";
const isDev = process.env.NODE_ENV === "development";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  distDir: process.env.CLAIMDESK_DIST ?? ".next",
  // What this guards is gone from every build but the one that tests kill; see lib/process/crash-point.ts.
  compiler: { define: { "globalThis.CRASH_POINTS": isCrashBuild } },
  // Nothing loads the server's maps, and they would quote the sources whole.
  experimental: { turbopackSourceMaps: isDev },
  headers: async () => [
    { source: "/:path*", headers: listed(SECURITY_HEADERS) },
    // proxy.ts gives pages a policy with a nonce instead; routes say what each of their answers may do.
    { source: "/((?!api/).*)", headers: listed(UNFRAMED_HEADERS) },
    {
      source: "/:path*",
      has: [{ type: "header", key: "x-forwarded-proto", value: "https" }],
      headers: [{ key: "strict-transport-security", value: HSTS }],
    },
  ],
  // `npm run typecheck` checks the types, those of the routes included; a start of the demo need not do it again.
  // Next writes the folder it builds into to the tsconfig, unless that one extends another.
  typescript: {
    ignoreBuildErrors: true,
    ...(isCrashBuild ? { tsconfigPath: "tests/faults/crash-build.tsconfig.json" } : {}),
  },
  // These load files of their own at run time, which a bundle would hide from them.
  serverExternalPackages: [
    "mongoose",
    "mailparser",
    "nodemailer",
    "smtp-server",
    "piscina",
    "sanitize-html",
    "pino",
    "prom-client",
    "rate-limiter-flexible",
    "email-reply-parser",
  ],
};

export default config;
