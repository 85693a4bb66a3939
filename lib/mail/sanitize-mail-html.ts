// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import sanitizeHtml from "sanitize-html";

/** Tags deeper than this are dropped. */
const NESTING_MAX = 100;
/**
 * HTML deeper than this is refused: the parser takes time with the square of the depth. Browsers flatten what lies
 * deeper than 512, and each answer of a long exchange of mails adds two or three levels.
 */
const DEPTH_MAX = 500;
const LINK_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

const TAGS = `
  a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn
  div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q
  rp rt ruby s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var
  wbr
`
  .trim()
  .split(/\s+/);

// Words, numbers, quoted names and colours. No other function, so no url(); no backslash, so no escaped url() either.
const PLAIN_VALUE = /^(?:[\w\s#.,%'"!-]|rgba?\([\d\s.,%/]*\)|hsla?\([\d\s.,%/]*\))*$/i;
const STYLES = [
  ...["color", "background", "background-color", "direction", "display", "vertical-align", "white-space"],
  ...["font", "font-family", "font-size", "font-style", "font-weight", "line-height", "letter-spacing"],
  ...["text-align", "text-decoration", "text-indent", "text-transform", "word-break", "overflow-wrap"],
  ...["width", "min-width", "max-width", "height", "list-style-type", "table-layout"],
  ...["margin", "margin-top", "margin-right", "margin-bottom", "margin-left"],
  ...["padding", "padding-top", "padding-right", "padding-bottom", "padding-left"],
  ...["border", "border-top", "border-right", "border-bottom", "border-left", "border-color", "border-style"],
  ...["border-width", "border-radius", "border-collapse", "border-spacing"],
];
const IN_NEW_TAB = { rel: "noopener noreferrer nofollow ugc", target: "_blank" };
const CELL = ["align", "valign", "width", "height", "bgcolor", "colspan", "rowspan"];

const RULES: sanitizeHtml.IOptions = {
  allowedTags: TAGS,
  allowedAttributes: {
    "*": ["style", "dir", "lang"],
    a: ["href", "rel", "target"],
    img: ["src", "alt", "width", "height"],
    table: ["align", "width", "height", "bgcolor", "border", "cellpadding", "cellspacing"],
    td: CELL,
    th: CELL,
    tr: ["align", "valign", "bgcolor"],
    col: ["span", "width"],
    font: ["color", "face", "size"],
    ol: ["start", "type"],
  },
  allowedStyles: { "*": Object.fromEntries(STYLES.map((property) => [property, [PLAIN_VALUE]])) },
  allowedSchemes: ["http", "https", "mailto"],
  // Only pictures inside the mail: fetching one from outside tells the sender when and where it is read.
  allowedSchemesByTag: { img: ["cid"] },
  allowProtocolRelative: false,
  nonTextTags: [
    ...["script", "style", "textarea", "option", "noscript", "title", "xmp", "noembed", "noframes", "iframe"],
    ...["object", "template"],
  ],
  nestingLimit: NESTING_MAX,
  transformTags: {
    a: (tagName, { href, rel: _rel, target: _target, ...rest }) => ({
      tagName,
      attribs: isLink(href) ? { ...rest, href, ...IN_NEW_TAB } : rest,
    }),
    img: (tagName, { src, ...rest }) => ({ tagName, attribs: isPartOfMail(src) ? { src, ...rest } : rest }),
  },
};

/**
 * The mail's HTML without anything that runs, fetches, submits or reaches the page around it: only allowed tags,
 * attributes and CSS properties, links that open a new tab without a referrer, and pictures of the mail itself (cid:
 * addresses). One of three defences, with the frame's sandbox and the page's content policy. Slow on hostile input, so
 * only the worker calls it, under a time limit. Throws if tags are nested more than 500 deep.
 */
export function sanitizeMailHtml(html: string): string {
  let depth = 0;
  return sanitizeHtml(html, {
    ...RULES,
    onOpenTag: () => {
      depth += 1;
      if (depth > DEPTH_MAX) throw new Error("The tags are nested too deep.");
    },
    onCloseTag: () => {
      depth -= 1;
    },
  });
}

function isLink(href: string | undefined): href is string {
  return href !== undefined && URL.canParse(href) && LINK_PROTOCOLS.has(new URL(href).protocol);
}

function isPartOfMail(src: string | undefined): src is string {
  return src !== undefined && /^cid:[^\s"'<>\\]+$/i.test(src);
}
