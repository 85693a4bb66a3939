import "server-only";
import { isAligned } from "./aligned-domains";
import { parseAuthenticationResults, type MethodResult } from "./authentication-results";
import { domainOf, isAtOrBelow, plainDomain } from "./domain";

export type Verdict = "pass" | "fail" | "none";

const SERVER_NAME = /^[\w.-]+$/;
const FAILED = ["fail", "permerror", "softfail"];

/**
 * The verdict of a trusted server on a mail from `domain`, by the topmost Authentication-Results of the mail: anybody
 * may have written those below, and one by a server that is not trusted. Null if it is by none of `trustedIds`;
 * "unchecked" if that server made none of the checks.
 */
export function verdictOfTrustedServer(
  topmost: string | undefined,
  domain: string,
  trustedIds: readonly string[],
): Verdict | "unchecked" | null {
  const field = topmost === undefined ? null : parseAuthenticationResults(topmost);
  if (
    !field ||
    !SERVER_NAME.test(field.authservId) ||
    !trustedIds.some((id) => isAtOrBelow(field.authservId, id))
  )
    return null;
  const of = (method: string) => field.results.filter((result) => result.method === method);
  const [dmarc, dkim, spf] = [of("dmarc"), of("dkim"), of("spf")];
  if (dmarc.length + dkim.length + spf.length === 0) return "unchecked";
  return byDmarc(dmarc, domain) ?? bySignatureAndPath(dkim, spf, domain);
}

/** The server's own DMARC verdict about this domain. Of several, the worst counts. */
function byDmarc(results: MethodResult[], domain: string): Verdict | null {
  const own = results.filter(({ properties }) => {
    const from = properties.get("header.from");
    return from === undefined || domainOf(from) === domain;
  });
  if (own.some(({ result }) => result === "fail")) return "fail";
  if (results.some(({ result }) => result === "fail")) return "none";
  return own.some(({ result }) => result === "pass") ? "pass" : null;
}

function bySignatureAndPath(dkim: MethodResult[], spf: MethodResult[], domain: string): Verdict {
  const isSigned = dkim.some((result) => result.result === "pass" && isAligned(signerOf(result), domain));
  const isSent = spf.some((result) => result.result === "pass" && isAligned(pathOf(result), domain));
  if (isSigned || isSent) return "pass";
  const hasFailed = (results: MethodResult[]) =>
    results.length > 0 && results.every(({ result }) => FAILED.includes(result));
  return hasFailed(dkim) && hasFailed(spf) ? "fail" : "none";
}

function signerOf({ properties }: MethodResult): string {
  return plainDomain(properties.get("header.d") ?? "") || domainOf(properties.get("header.i") ?? "");
}

/** The domain that SPF was checked for: of the envelope's sender, or of the server's name if that is empty. */
function pathOf({ properties }: MethodResult): string {
  const sender = (properties.get("smtp.mailfrom") ?? "").replace(/[<>]/g, "");
  return domainOf(sender) || plainDomain(properties.get("smtp.helo") ?? "");
}
