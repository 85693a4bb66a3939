import type { NextConfig } from "next";
import { EXTERNAL_PACKAGES } from "./scripts/external-packages.mjs";
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
  // Drops the crash points from every build except the one that tests kill; see lib/process/crash-point.ts.
  compiler: { define: { "globalThis.CRASH_POINTS": isCrashBuild } },
  // Nothing loads the server's source maps, and they contain the sources.
  // `authInterrupts` makes forbidden() show forbidden.tsx.
  experimental: { turbopackSourceMaps: isDev, authInterrupts: true },
  headers: async () => [
    { source: "/:path*", headers: listed(SECURITY_HEADERS) },
    // proxy.ts replaces the policy of pages by one with a nonce; routes set the policy of each answer themselves.
    { source: "/((?!api/).*)", headers: listed(UNFRAMED_HEADERS) },
    {
      source: "/:path*",
      has: [{ type: "header", key: "x-forwarded-proto", value: "https" }],
      headers: [{ key: "strict-transport-security", value: HSTS }],
    },
  ],
  // `npm run typecheck` checks the types, so a build need not.
  // Next writes its output folder into the tsconfig, unless that file extends another one.
  typescript: {
    ignoreBuildErrors: true,
    ...(isCrashBuild ? { tsconfigPath: "tests/faults/crash-build.tsconfig.json" } : {}),
  },
  serverExternalPackages: EXTERNAL_PACKAGES,
};

export default config;
