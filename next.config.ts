import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // `npm run typecheck` checks the types, those of the routes included; a start of the demo need not do it again.
  typescript: { ignoreBuildErrors: true },
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
    "email-reply-parser",
  ],
};

export default config;
