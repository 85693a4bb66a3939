/**
 * Compares addresses without regard to case, in an index too. It also takes the letter "ﬁ" for "fi", so whoever
 * queries with it compares the addresses found once more.
 */
export const ADDRESS_COLLATION = { locale: "en", strength: 2 } as const;
