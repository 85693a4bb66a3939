import type { CaughtMail } from "./server";

/** The catcher's page: newest first. Everything that comes from a mail is escaped; there is no script at all. */
export function catcherPage(mails: CaughtMail[]): string {
  const count = mails.length === 1 ? "1 mail" : `${mails.length} mails`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>${mails.length > 0 ? `(${mails.length}) ` : ""}Mail that went out · Claimdesk demo</title>
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1>Mail that went out</h1>
  <p>Nothing leaves this machine: every mail the desk sends ends here, and nobody receives it. Set <code>SMTP_URL</code> to send for real.</p>
</header>
<main>
${mails.length > 0 ? `<p class="count">${count}, newest first</p>\n${mails.map(card).join("\n")}` : EMPTY}
</main>
</body>
</html>
`;
}

const EMPTY = `<section class="empty"><h2>No mail yet</h2><p>Reply to a ticket, and the mail to the customer appears here within seconds.</p></section>`;

function card(mail: CaughtMail): string {
  const at = escaped(mail.caughtAt);
  return `<article>
  <h2>${escaped(mail.subject) || "(no subject)"}</h2>
  <dl>
    <div><dt>From</dt><dd>${escaped(mail.from)}</dd></div>
    <div><dt>To</dt><dd>${escaped(mail.envelopeTo.join(", "))}</dd></div>
  </dl>
  <pre>${escaped(mail.text)}</pre>
  <footer><time datetime="${at}">${at.slice(0, 10)} ${at.slice(11, 19)} UTC</time><a href="/mails/${escaped(mail.id)}/raw">As it was sent</a></footer>
</article>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root {
  color-scheme: light dark;
  --canvas: light-dark(#f7f6f3, #12100f); --surface: light-dark(#fff, #191816); --line: light-dark(#e8e6e2, #2b2926);
  --text: light-dark(#1b1916, #eeedea); --text-2: light-dark(#524f4b, #b5b2ae); --text-3: light-dark(#6b6762, #93908b);
  --blue: light-dark(#004fbf, #87bfff);
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--canvas); color: var(--text); font: 14px/22px "Inter Variable", Inter, system-ui, sans-serif; padding: 24px 16px 56px; }
header, main { max-width: 760px; margin: 0 auto; }
header { margin-bottom: 24px; }
h1 { font-size: 20px; line-height: 28px; font-weight: 600; }
header p, .empty p { color: var(--text-2); }
code { font: 13px/20px ui-monospace, Menlo, Consolas, monospace; }
.count { color: var(--text-3); font-size: 12px; line-height: 16px; margin-bottom: 12px; }
article, .empty { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 16px; margin-bottom: 12px; }
.empty { text-align: center; padding: 40px 16px; }
h2 { font-size: 16px; line-height: 24px; font-weight: 600; overflow-wrap: anywhere; }
dl { color: var(--text-2); font-size: 13px; line-height: 20px; margin: 4px 0 12px; }
dl div { display: flex; gap: 8px; }
dt { color: var(--text-3); flex: none; width: 40px; }
dd { overflow-wrap: anywhere; min-width: 0; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { border-top: 1px solid var(--line); color: var(--text-3); display: flex; flex-wrap: wrap; font-size: 12px; gap: 4px 16px; justify-content: space-between; line-height: 16px; margin-top: 16px; padding-top: 12px; }
a { color: var(--blue); }
a:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; border-radius: 4px; }
`;
