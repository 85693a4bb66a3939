/** Packages that load files at run time which a bundle would not contain; no bundle of the desk includes them. */
export const EXTERNAL_PACKAGES = [
  "mongoose",
  "mailparser",
  "nodemailer",
  "smtp-server",
  "piscina",
  "sanitize-html",
  "pino",
  "prom-client",
  "rate-limiter-flexible",
];
