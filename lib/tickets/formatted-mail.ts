import "server-only";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";

const HEAD = [
  '<meta charset="utf-8">',
  '<meta name="referrer" content="no-referrer">',
  '<meta name="viewport" content="width=device-width, initial-scale=1">',
  "<title>Formatted mail</title>",
  '<base target="_blank">',
  "<style>",
  ":root{color-scheme:light}",
  'body{margin:16px;background:#fff;color:#1b1916;font:14px/22px system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}',
  // Inline pictures are shown below the text as attachments.
  "img,table{max-width:100%}img{height:auto}img[src^='cid:']{display:none}pre{white-space:pre-wrap}",
  "</style>",
].join("");

/**
 * A message's sanitised HTML as a page of its own; null if it has none. Only to be answered with `framedResponse`, whose
 * content policy is the second defence after the sanitiser.
 */
export async function readFormattedMail(messageId: string): Promise<string | null> {
  const message = await EmailMessage.findById(messageId)
    .select("html")
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredMessage, "html">>();
  if (!message?.html) return null;
  return `<!doctype html><html lang=""><head>${HEAD}</head><body>${message.html}</body></html>`;
}
