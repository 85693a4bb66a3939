import { DNS_LIMITS, newDnsWatch, type Resolve } from "@/lib/mail/sender-dns";
import type { SenderCheckSettings } from "@/lib/mail/sender-check";

/** A DNS made of TXT records, by name; every other name does not exist. `asked` lists the names in order. */
export function dnsTable(records: Record<string, string>): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    resolve: async (name, type) => {
      asked.push(name);
      const record = records[name];
      if (type === "TXT" && record !== undefined) return [[record]];
      throw dnsError("ENOTFOUND");
    },
  };
}

export function dnsError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Settings of a check with this DNS alone; nobody is trusted. */
export function checkSettings(
  resolve: Resolve,
  changed: Partial<SenderCheckSettings> = {},
): SenderCheckSettings {
  return {
    trustedIds: [],
    supportDomain: "",
    resolve,
    watch: newDnsWatch(),
    limits: DNS_LIMITS,
    ...changed,
  };
}
