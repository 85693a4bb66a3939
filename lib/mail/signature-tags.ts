// Also loaded by the mail's threads as plain Node: no path alias and no "server-only".
import { plainDomain } from "./domain.ts";

/** A tag of a signature field such as "v=1; d=example.com"; "" if it is missing. */
export function tagOf(field: string, tag: string): string {
  for (const part of field.slice(field.indexOf(":") + 1).split(";")) {
    const at = part.indexOf("=");
    if (at >= 0 && part.slice(0, at).trim().toLowerCase() === tag)
      return part.slice(at + 1).replace(/\s+/g, "");
  }
  return "";
}

/** The domain that a signature field names as its own (d=); "" if it names none. */
export function signerOf(field: string): string {
  return plainDomain(tagOf(field, "d"));
}
