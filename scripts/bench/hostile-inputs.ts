import { randomUUID } from "node:crypto";
import { connect } from "node:net";

export type Target = {
  url: string;
  smtpPort: number;
  /** Of a signed-in member. */
  cookie: string;
  /** Resolves with the answer's status. */
  postMail: (raw: Uint8Array) => Promise<number>;
};
export type HostileInput = { name: string; run: (target: Target) => Promise<void> };

const MB = 1024 * 1024;

function head(fields: Record<string, string> = {}): string {
  const all = {
    From: "Customer <customer@example.com>",
    To: "support@desk.example",
    Subject: "Question",
    "Message-ID": `<${randomUUID()}@example.com>`,
    ...fields,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
}

/** A mail as a person sends it. */
export function ordinaryMail(): Uint8Array {
  return Buffer.from(`${head()}\r\nHello, I cannot sign in since this morning.\r\n`);
}

function mailOf(body: string, fields?: Record<string, string>): Uint8Array {
  return Buffer.from(`${head(fields)}\r\n${body}`);
}

/** `unit` again and again, `bytes` long. */
function filled(unit: string, bytes: number): Buffer {
  return Buffer.alloc(bytes, unit);
}

async function ask({ url, cookie }: Target, path: string): Promise<void> {
  await fetch(`${url}${path}`, { headers: { cookie } }).then((response) => response.arrayBuffer());
}

async function readTicket({ url, cookie }: Target, threadId: string): Promise<unknown> {
  return (await fetch(`${url}/api/emails/tickets/${threadId}`, { headers: { cookie } })).json();
}

async function longestThread({ url, cookie }: Target): Promise<string> {
  const list = await fetch(`${url}/api/emails/tickets?limit=100`, { headers: { cookie } });
  const { tickets } = (await list.json()) as { tickets: { _id: string; messageCount: number }[] };
  const [longest] = tickets.toSorted((a, b) => b.messageCount - a.messageCount);
  if (!longest) throw new Error("There is no ticket");
  return longest._id;
}

async function together(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** Each was, or stands for, an input that once froze the desk or filled its memory. */
export const HOSTILE_INPUTS: HostileInput[] = [
  {
    name: "40 MB of short lines, no blank line",
    run: async ({ postMail }) => void (await postMail(filled("ab\r\n", 39 * MB))),
  },
  {
    name: "40 MB of empty fields",
    run: async ({ postMail }) => void (await postMail(filled("a:\r\n", 39 * MB))),
  },
  {
    name: "45 mails of 1 MB of blank lines in one thread, its page, and a reply to its first mail",
    run: async (target) => {
      const root = `<${randomUUID()}@example.com>`;
      await target.postMail(mailOf("Hello", { "Message-ID": root }));
      for (let turn = 0; turn < 45; turn += 1) {
        await target.postMail(mailOf(filled("a\n\n", MB).toString(), { "In-Reply-To": root }));
      }
      const threadId = await longestThread(target);
      const { messages } = (await readTicket(target, threadId)) as { messages: { _id: string }[] };
      await ask(target, `/dashboard/tickets/${threadId}`);
      await fetch(`${target.url}/api/emails/reply`, {
        method: "POST",
        headers: { cookie: target.cookie, origin: target.url, "content-type": "application/json" },
        body: JSON.stringify({ threadId, text: "An answer", lastSeenMessageId: messages[0]?._id }),
      }).then((response) => response.arrayBuffer());
    },
  },
  {
    name: "a mail of 100,000 links, then its page",
    run: async (target) => {
      const links = Array.from({ length: 100_000 }, (_, index) => `http://a.example/${index}`).join(" ");
      await target.postMail(mailOf(links));
      await target.postMail(mailOf(links, { "In-Reply-To": "<nobody@example.com>" }));
      const list = await fetch(`${target.url}/api/emails/tickets?limit=100`, {
        headers: { cookie: target.cookie },
      });
      const { tickets } = (await list.json()) as { tickets: { _id: string }[] };
      for (const { _id } of tickets.slice(0, 3)) await ask(target, `/dashboard/tickets/${_id}`);
    },
  },
  ...Object.entries({
    "blanks after On": `On ${" ".repeat(190_000)}x`,
    "line breaks": `a${"\n".repeat(190_000)}b`,
    "lines that introduce a quote": "Op a schreef b\n".repeat(13_000),
    "half an introduction": "2011from<".repeat(20_000),
  }).map(([name, body]): HostileInput => ({
    name: `30 mails of 190 KB: ${name}`,
    run: ({ postMail }) => together(30, () => postMail(mailOf(body))),
  })),
  ...Object.entries({
    nested: "<div>".repeat(180_000),
    "wrongly closed": "<b>".repeat(100_000) + "</i>".repeat(100_000),
  }).map(([name, body]): HostileInput => ({
    name: `30 mails of HTML, ${name}`,
    run: ({ postMail }) => together(30, () => postMail(mailOf(body, { "Content-Type": "text/html" }))),
  })),
  {
    name: "10 mails of 200,000 recipients",
    run: ({ postMail }) => together(10, () => postMail(mailOf("x", { To: "g:a;".repeat(200_000) }))),
  },
  {
    name: "40 MB with CR alone as line end",
    run: async ({ postMail }) =>
      void (await postMail(Buffer.concat([Buffer.from("From: a@b.example\r"), filled("a\r", 39 * MB)]))),
  },
  {
    name: "20 mails of 39 MB at once",
    run: ({ postMail }) =>
      together(20, (index) => postMail(mailOf(filled(`line ${index}\r\n`, 39 * MB).toString("latin1")))),
  },
  {
    name: "100 webhooks of 1 MB with a wrong signature",
    run: ({ url }) =>
      together(100, () =>
        fetch(`${url}/api/clerk/webhook`, {
          method: "POST",
          headers: { "svix-id": "msg_1", "svix-timestamp": "1", "svix-signature": "v1,wrong" },
          body: "x".repeat(MB - 1),
        }).then((response) => response.arrayBuffer()),
      ),
  },
  {
    name: "200 idle SMTP connections of one address",
    run: async ({ smtpPort }) => {
      const sockets = Array.from({ length: 200 }, () => connect(smtpPort, "127.0.0.1").on("error", () => {}));
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      for (const socket of sockets) socket.destroy();
    },
  },
];
