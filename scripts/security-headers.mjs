// The headers of every answer, errors and files included: next.config.ts gives them to Next, and scripts/serve.mjs adds
// them to the answers for which Next ignores its configuration.

/** For an answer that is not a page: a browser runs and loads nothing from it, and shows it in no other page. */
export const CLOSED_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Two years, as hstspreload.org recommends. */
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

/** Lower case, since in Next a later header replaces an earlier one only if both are spelled alike. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  // Other sites get no referrer. With "no-referrer" our own forms would send Origin "null", which is refused.
  "referrer-policy": "same-origin",
  "permissions-policy": UNUSED_FEATURES.map((feature) => `${feature}=()`).join(", "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-dns-prefetch-control": "off",
};

/** For what must not be shown inside another page; lib/http has its own for the API. */
export const UNFRAMED_HEADERS = {
  "x-frame-options": "DENY",
  "content-security-policy": CLOSED_POLICY,
};
