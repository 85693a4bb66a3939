// Raw mails, always composed to the same bytes, so that a second start of the demo sends nothing new.

export type Part = { type: string; content: string | Buffer; filename?: string; contentId?: string };

type Mail = {
  id: string;
  from: string;
  to: string;
  subject: string;
  date: Date;
  header?: Record<string, string>;
  text?: string;
  html?: string;
  /** Attachments. The HTML shows a picture by its contentId. */
  files?: Part[];
};

/** The mail as it goes over the wire. Text and HTML become alternatives, files come after them. */
export function compose({ id, from, to, subject, date, header = {}, text, html, files = [] }: Mail): Buffer {
  const bodies: Part[] = [];
  if (text !== undefined) bodies.push({ type: "text/plain; charset=utf-8", content: text });
  if (html !== undefined) bodies.push({ type: "text/html; charset=utf-8", content: html });
  const fields = {
    From: encodeName(from),
    To: to,
    Subject: encodeWords(subject),
    Date: date.toUTCString(),
    "Message-ID": `<${id}>`,
    "MIME-Version": "1.0",
    ...header,
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const body = multipart("alternative", `alt-${id}`, bodies.map(encodePart));
  return Buffer.from(head.join("") + multipart("mixed", `mix-${id}`, [body, ...files.map(encodePart)]));
}

function multipart(kind: string, boundary: string, parts: string[]): string {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const edge = boundary.replace(/[^A-Za-z0-9]/g, "");
  const body = parts.map((part) => `--${edge}\r\n${part}\r\n`).join("");
  return `Content-Type: multipart/${kind}; boundary="${edge}"\r\n\r\n${body}--${edge}--\r\n`;
}

function encodePart({ type, content, filename, contentId }: Part): string {
  const place = contentId === undefined ? "attachment" : "inline";
  const lines = Buffer.from(content).toString("base64").replace(/.{76}/g, "$&\r\n");
  return [
    `Content-Type: ${type}`,
    "Content-Transfer-Encoding: base64",
    ...(filename === undefined ? [] : [`Content-Disposition: ${place}; filename="${filename}"`]),
    ...(contentId === undefined ? [] : [`Content-ID: <${contentId}>`]),
    "",
    lines,
  ].join("\r\n");
}

/** "Name <address>", with the name encoded if it is not ASCII. */
function encodeName(person: string): string {
  const [, name = "", address = ""] = /^(.*) (<[^<>]+>)$/.exec(person) ?? [];
  return address === "" ? person : `${encodeWords(name)} ${address}`;
}

/** RFC 2047: words of at most 45 bytes, so that each stays within 75 characters. */
function encodeWords(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  const words: string[] = [];
  let word = "";
  for (const character of value) {
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((part) => `=?utf-8?B?${Buffer.from(part).toString("base64")}?=`).join("\r\n ");
}

/** A PDF of one page that shows `lines`. ASCII only. */
export function tinyPdf(lines: string[]): Buffer {
  const shown = lines.map((line) => `(${line.replace(/[()\\]/g, "\\$&")}) Tj T*`).join("\n");
  const page = `BT /F1 14 Tf 18 TL 60 780 Td\n${shown}\nET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${page.length} >>\nstream\n${page}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const size = objects.length + 1;
  const start = file.length;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join("")}`;
  return Buffer.from(
    `${file}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
    "latin1",
  );
}

/** A square of one colour as PNG, 8 by 8. */
export const TINY_PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAYAAADED76LAAAAFElEQVR42mNk+M/wn4EIwDiqkL4KAcT9GAEm4sQ/AAAAAElFTkSuQmCC",
  "base64",
);
