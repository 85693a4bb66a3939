// The channel as a person sees it. Every character that came from outside is escaped before it becomes HTML.
import type { Message } from "./messages";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

// In order: an escaped character, a link as cards write it, bold, a line break, any other character.
const TOKENS =
  /\\([!-/:-@[-`{-~])|\[([^\][\\]+)\]\(<(https?:\/\/[^<>\s]+)>\)|\*\*([^*\\\n]+)\*\*|(\n)|([^])/gu;

/** Renders the part of Discord's markup that cards use; the rest is shown as plain text. */
export function contentHtml(content: string): string {
  return content.replace(TOKENS, (...groups: (string | undefined)[]) => {
    const [, escaped, label, url, bold, lineBreak, other] = groups;
    if (label !== undefined && url !== undefined) {
      return `<a href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer">${escapeHtml(label)}</a>`;
    }
    if (bold !== undefined) return `<strong>${escapeHtml(bold)}</strong>`;
    return lineBreak === undefined ? escapeHtml(escaped ?? other ?? "") : "<br>";
  });
}

function messageHtml(message: Message): string {
  const time = escapeHtml(message.timestamp);
  const edited = message.editedTimestamp === null ? "" : ` <span class="edited">(edited)</span>`;
  return `<li class="message" id="m${escapeHtml(message.id)}">
  <div class="avatar" aria-hidden="true">${escapeHtml([...message.username][0] ?? "?")}</div>
  <div class="body">
    <p class="who"><b>${escapeHtml(message.username)}</b> <span class="app">APP</span> <time datetime="${time}">${time.slice(0, 16).replace("T", " ")}</time></p>
    <div class="text">${contentHtml(message.content)}${edited}</div>
  </div>
</li>`;
}

/** The messages alone, oldest first; the page fetches this every second. */
export function channelFragment(messages: Message[]): string {
  if (messages.length === 0)
    return `<li class="empty">No messages yet. A customer's e-mail puts the first one here.</li>`;
  return messages.map(messageHtml).join("\n");
}

export function channelPage(messages: Message[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>#support, a local stand-in for Discord</title>
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1><span aria-hidden="true">#</span> support</h1>
  <p>A local stand-in for Discord. Nothing here leaves this machine.</p>
</header>
<main><ol id="channel" aria-live="polite" aria-relevant="additions text">${channelFragment(messages)}</ol></main>
<footer id="state" role="status">Up to date</footer>
<script>${SCRIPT}</script>
</body>
</html>`;
}

const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#fff, #313338); --bar: light-dark(#f2f3f5, #2b2d31);
  --ink: light-dark(#2e3338, #dbdee1); --soft: light-dark(#5c5e66, #a6a9b0); --line: light-dark(#e1e2e4, #26282c);
  --link: light-dark(#0059c8, #4db1ff); --hover: light-dark(#f7f7f8, #2e3035); --app: #4f5bd5; }
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { display: grid; grid-template-rows: auto 1fr auto; background: var(--ground); color: var(--ink);
  font: 16px/1.375 system-ui, sans-serif; }
header { padding: 12px 16px; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; }
h1 { font-size: 16px; margin: 0; } h1 span, header p, time, .edited, footer { color: var(--soft); }
header p { margin: 0; font-size: 13px; }
main { overflow-y: auto; }
ol { list-style: none; margin: 0; padding: 16px 0; }
.message { display: flex; gap: 16px; padding: 8px 16px; } .message:hover { background: var(--hover); }
.avatar { flex: none; width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center;
  background: var(--app); color: #fff; font-weight: 600; }
.body { min-width: 0; } .who { margin: 0; } time { font-size: 12px; margin-left: 4px; }
.app { background: var(--app); color: #fff; border-radius: 3px; padding: 1px 4px; font-size: 10px; font-weight: 600; vertical-align: 2px; }
.text { overflow-wrap: anywhere; } .edited { font-size: 11px; }
a { color: var(--link); } a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.empty { padding: 16px; color: var(--soft); }
footer { padding: 8px 16px; background: var(--bar); font-size: 12px; }
@media (max-width: 480px) { .message { gap: 10px; padding: 8px 12px; } .avatar { width: 32px; height: 32px; } }
`;

const SCRIPT = `
const list = document.getElementById("channel");
const main = document.querySelector("main");
const state = document.getElementById("state");
let shown = null;
function localTimes() {
  for (const time of list.querySelectorAll("time")) time.textContent = new Date(time.dateTime).toLocaleString();
}
async function refresh() {
  try {
    const html = await (await fetch("/channel")).text();
    if (html !== shown) {
      const isAtEnd = main.scrollHeight - main.scrollTop - main.clientHeight < 80;
      const isFirst = shown === null;
      shown = html;
      list.innerHTML = html;
      localTimes();
      if (isAtEnd || isFirst) main.scrollTop = main.scrollHeight;
    }
    state.textContent = "Up to date";
  } catch {
    state.textContent = "The stand-in is not running; this may be old";
  }
  setTimeout(refresh, 1000);
}
refresh();
`;
