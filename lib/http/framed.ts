import "server-only";

// Styles only: no script, no fetch, no form, no origin of ours, and shown inside our own pages alone.
const POLICY = [
  "sandbox allow-popups allow-popups-to-escape-sandbox",
  "default-src 'none'",
  "img-src data:",
  "style-src 'unsafe-inline'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** Somebody else's HTML as a page that can do nothing but look its way, for a frame in a page of ours. */
export function framedResponse(html: string): Response {
  return new Response(html, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "x-frame-options": "SAMEORIGIN",
    },
  });
}
