import { describe, expect, test } from "vitest";
import { parseWebhookUrl } from "@/lib/webhook-url";

describe("parseWebhookUrl", () => {
  const id = "1234567890123456789";
  const token = "aB3_-xyz";

  test.each([
    `https://discord.com/api/webhooks/${id}/${token}`,
    `https://discordapp.com/api/webhooks/${id}/${token}`,
    `https://ptb.discord.com/api/webhooks/${id}/${token}/`,
    `https://canary.discord.com/api/v10/webhooks/${id}/${token}`,
    `  https://discord.com/api/webhooks/${id}/${token}\n`,
  ])("reads id and token from %s", (pasted) => {
    expect(parseWebhookUrl(pasted)).toEqual({ id, token });
  });

  test.each([
    `http://discord.com/api/webhooks/${id}/${token}`,
    `https://evil.example/api/webhooks/${id}/${token}`,
    `https://discord.com.evil.example/api/webhooks/${id}/${token}`,
    `https://discord.com@evil.example/api/webhooks/${id}/${token}`,
    `https://evil.example\\@discord.com/api/webhooks/${id}/${token}`,
    `https://user:pass@discord.com/api/webhooks/${id}/${token}`,
    `https://discord.com:8443/api/webhooks/${id}/${token}`,
    `https://discord.com./api/webhooks/${id}/${token}`,
    `https://dіscord.com/api/webhooks/${id}/${token}`,
    `https://127.0.0.1/api/webhooks/${id}/${token}`,
    `https://discord.com/api/webhooks/${id}/${token}/slack`,
    `https://discord.com/api/webhooks/${id}/../../users/${token}`,
    `https://discord.com/api/webhooks/${id}/a%2F..%2Fb`,
    `https://discord.com/api/webhooks/${id}/${token}?thread_id=1`,
    `https://discord.com/api/webhooks/${id}/${token}#x`,
    `https://discord.com/api/webhooks/abc/${token}`,
    `https://discord.com/api/webhooks/${id}`,
    "javascript:alert(1)",
    "not an address",
    "",
  ])("refuses %s", (pasted) => {
    expect(parseWebhookUrl(pasted)).toBeNull();
  });
});
