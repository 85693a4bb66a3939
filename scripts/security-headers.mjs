// The headers that every answer carries, errors and files included: next.config.ts gives them to Next wherever it
// runs, and scripts/serve.mjs to what Next answers without looking at its configuration.

/** What an answer that is no page of ours may do in a browser: nothing, and inside no other page. */
export const CLOSED_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Two years, as browsers' own lists of encrypted sites ask for. */
export const HSTS = "max-age=63072000; includeSubDomains";

const UNUSED_FEATURES = [
  ...[
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
  ],
  ...["gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "usb"],
];

/** Lower case, since Next lets a later header win over an earlier one only where both are written alike. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  // Nothing to other sites. "no-referrer" would send our own forms' Origin as "null", which is refused.
  "referrer-policy": "same-origin",
  "permissions-policy": UNUSED_FEATURES.map((feature) => `${feature}=()`).join(", "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-dns-prefetch-control": "off",
};

/** For what must not be shown inside another page; lib/http decides it for the API by itself. */
export const UNFRAMED_HEADERS = {
  "x-frame-options": "DENY",
  "content-security-policy": CLOSED_POLICY,
};
