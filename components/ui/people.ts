const TINTS = 5;

/** The tint of a team member, 1 to 5. It depends on the id alone, so it is the same everywhere and never changes. */
export function tintOf(memberId: string): number {
  // Any seed works; this one gives the demo's three people different tints.
  let hash = 10;
  for (const character of memberId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return ((hash >>> 0) % TINTS) + 1;
}

/** One or two letters for an avatar: from the first and last word of a name or of an address before the @. */
export function initialsOf(name: string): string {
  const words = (name.split("@")[0] ?? "").split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = firstLetter(words[0]);
  const last = words.length > 1 ? firstLetter(words.at(-1)) : "";
  return (first + last).toLocaleUpperCase("en") || "?";
}

/** The name for a sentence: the first name, or an address up to the @. */
export function firstNameOf(name: string): string {
  return name.split("@")[0]?.trim().split(/\s+/)[0] || name;
}

function firstLetter(word: string | undefined): string {
  return word?.match(/[\p{L}\p{N}]/u)?.[0] ?? "";
}
