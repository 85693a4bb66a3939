type Props = { html: string; from: string };

// One of three fences: the stored HTML is sanitised, this policy fetches and runs nothing, and the frame's sandbox
// gives it no scripts, no forms and no origin of ours. Pictures of the mail itself stand below as attachments.
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
const HEAD = [
  '<meta charset="utf-8">',
  `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
  '<meta name="referrer" content="no-referrer">',
  '<meta name="viewport" content="width=device-width, initial-scale=1">',
  '<base target="_blank">',
  "<style>",
  ":root{color-scheme:light}",
  'body{margin:16px;background:#fff;color:#1b1916;font:14px/22px system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}',
  "img,table{max-width:100%}img{height:auto}img[src^='cid:']{display:none}pre{white-space:pre-wrap}",
  "</style>",
].join("");

/** The mail as its sender laid it out, on white as senders expect, in a frame that can do nothing but show it. */
export function FormattedMail({ html, from }: Props) {
  return (
    <iframe
      title={`Formatted mail from ${from}`}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      srcDoc={`<!doctype html><html><head>${HEAD}</head><body>${html}</body></html>`}
      className="block h-105 max-h-[70vh] min-h-40 w-full resize-y rounded-control border border-line bg-[#fff]"
    />
  );
}
