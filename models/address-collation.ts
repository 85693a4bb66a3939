/**
 * Compares addresses without regard to case, in an index too. It also takes "ß" for "ss", so whoever queries with it
 * compares the addresses found once more.
 */
export const ADDRESS_COLLATION = { locale: "en", strength: 2 } as const;
