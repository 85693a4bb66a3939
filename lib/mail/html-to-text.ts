// Also loaded by the parse worker as plain Node: no path alias and no "server-only".

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/**
 * Readable text of an HTML body, for mails without a text part: line breaks after blocks, links with their address.
 * Takes time linear in the length of any input.
 */
export function htmlToText(html: string): string {
  return (
    html
      .replace(/[\r\n\t ]+/g, " ")
      .replace(/<a href="([^"<>]*)"[^<>]*>([^<>]*)<\/a>/gi, (_link, href: string, label: string) =>
        label.trim() === "" || href.includes(label.trim())
          ? href.replace(/^mailto:/, "")
          : `${label} (${href})`,
      )
      .replace(/<li\b[^<>]*>/gi, "\n- ")
      .replace(/<(?:br|hr)\b[^<>]*>/gi, "\n")
      .replace(/<\/(?:p|h[1-6]|blockquote|pre|table|ul|ol|dl)>/gi, "\n\n")
      .replace(/<\/(?:div|tr|dt|dd|section|article|header|footer|address)>/gi, "\n")
      .replace(/<\/t[dh]>/gi, "\t")
      .replace(/<[^<>]*>/g, "")
      .replace(/&(#\d{1,7}|#x[0-9a-f]{1,6}|\w{2,6});/gi, decodeEntity)
      // The leading group keeps this linear: "[ \t]+\n" would scan a long run again from each of its characters.
      .replace(/(^|[^ \t])[ \t]+(?=\n|$)/g, "$1")
      .replace(/\n[ \t]+/g, "\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim()
  );
}

function decodeEntity(entity: string, name: string): string {
  const known = ENTITIES[name.toLowerCase()];
  if (known !== undefined) return known;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  const isCharacter =
    name.startsWith("#") && code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : entity;
}
