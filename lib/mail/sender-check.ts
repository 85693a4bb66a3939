import "server-only";

/**
 * Whether the mail is from whom it says: "pass" if the domain of its From address vouches for it, "fail" if that domain's
 * own rules say that it is forged, "none" if nobody can say. `domain` is that domain, null if From has no address.
 */
export type SenderCheck = { result: "pass" | "fail" | "none"; domain: string | null };
