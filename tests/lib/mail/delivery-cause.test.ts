import { describe, expect, test } from "vitest";
import type { DeliveryCause } from "@/lib/api/vocabulary";
import { causeOf } from "@/lib/mail/delivery-cause";

const BY_CODE: [string, DeliveryCause][] = [
  ["5.1.1", "no_mailbox"],
  ["5.1.10", "no_mailbox"],
  ["5.1.2", "no_domain"],
  ["5.2.1", "no_mailbox"],
  ["4.2.2", "mailbox_full"],
  ["5.2.2", "mailbox_full"],
  ["5.3.4", "too_large"],
  ["5.2.3", "too_large"],
  ["4.4.1", "unreachable"],
  ["4.4.7", "unreachable"],
  ["5.4.310", "no_domain"],
  ["5.7.1", "blocked"],
  ["5.7.509", "blocked"],
  ["5.1.8", "blocked"],
  ["5.0.0", "other"],
  ["5.6.1", "other"],
];

const BY_WORDS: [string, DeliveryCause][] = [
  ["550 No such user here", "no_mailbox"],
  ["550 Recipient unknown at this site", "no_mailbox"],
  ["The address you wrote to couldn’t be found, or takes no mail.", "no_mailbox"],
  ["550 Empfängeradresse existiert nicht", "no_mailbox"],
  ["550 L'adresse du destinataire est introuvable", "no_mailbox"],
  ["550 El destinatario no existe en este servidor", "no_mailbox"],
  ["550 Indirizzo del destinatario inesistente", "no_mailbox"],
  ["550 O destinatário não foi encontrado", "no_mailbox"],
  ["宛先のアドレスが見つかりませんでした", "no_mailbox"],
  ["552 The mailbox of this user is full", "mailbox_full"],
  ["452 account over quota, tell its owner", "mailbox_full"],
  ["Das Postfach des Empfängers ist voll", "mailbox_full"],
  ["La boîte aux lettres est pleine", "mailbox_full"],
  ["552 Message too large for this host", "too_large"],
  ["The mail's size exceeds the limit", "too_large"],
  ["Host or domain name not found. Name service error", "no_domain"],
  ["DNS lookup ended with NXDOMAIN", "no_domain"],
  ["this domain has a null MX", "no_domain"],
  ["all hosts have been failing; retry time not reached", "unreachable"],
  ["connect to mx.customer.example[192.0.2.5]:25: Connection timed out", "unreachable"],
  ["delivery time expired", "unreachable"],
  ["554 Looks like spam to us", "blocked"],
  ["550 Not accepted because of the domain's DMARC rule", "blocked"],
  ["550 Sender address rejected: Domain not found", "blocked"],
  ["421 Something odd happened", "other"],
  ["", "other"],
];

describe("the cause of a failed delivery", () => {
  test.each(BY_CODE)("of the code %s is %s", (status, cause) => {
    expect(causeOf(status, "")).toBe(cause);
  });

  test.each(BY_WORDS)("of the words “%s” is %s", (words, cause) => {
    expect(causeOf(null, words)).toBe(cause);
  });

  test.each<[string | null, string, DeliveryCause]>([
    [null, "550-5.1.1 We know nobody of that name", "no_mailbox"],
    ["5.0.0", "smtp; 552 5.2.2 try when there is room", "mailbox_full"],
    ["5.7.1", "550 5.7.1 No such user", "no_mailbox"],
    ["4.4.7", "expired; the last answer was 452 4.2.2 over quota", "mailbox_full"],
    ["5.4.4", "Host or domain name not found", "no_domain"],
    ["5.4.1", "Recipient address rejected: Access denied", "no_mailbox"],
    ["5.4.6", "routing loop", "other"],
    ["5.7.1", "mailbox unavailable, our policy is strict", "blocked"],
  ])("of the code %s with the words “%s” is %s", (status, words, cause) => {
    expect(causeOf(status, words)).toBe(cause);
  });

  test("is not read from the numbers of an IP address", () => {
    expect(causeOf(null, "seen from 5.1.1.20 and 205.1.1.2")).toBe("other");
  });

  test.each(["mailbox ", "user ", "no ", "5.1.", "<", "domain not ", "sender "])(
    "is found at once in a megabyte of “%s”",
    (word) => {
      const words = word.repeat(1_000_000 / word.length);
      const begun = process.threadCpuUsage();
      causeOf(null, words);
      const { user, system } = process.threadCpuUsage(begun);
      expect((user + system) / 1_000).toBeLessThan(50);
    },
  );
});
