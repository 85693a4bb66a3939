import { compose, TINY_PNG, tinyPdf } from "./mime";

/** A mail of an example customer. `raw` dates it some hours before `base`; the same `base` gives the same bytes. */
export type DemoMail = { envelopeFrom: string; raw: (base: Date) => Buffer };

export const DESK_ADDRESS = "support@claimdesk.example";

type Example = Omit<Parameters<typeof compose>[0], "to" | "date" | "id"> & {
  id: string;
  hoursBefore: number;
};

function example({ hoursBefore, ...mail }: Example): DemoMail {
  return {
    envelopeFrom: /<([^<>]+)>$/.exec(mail.from)?.[1] ?? mail.from,
    raw: (base) =>
      compose({
        ...mail,
        id: `${mail.id}@customers.example`,
        to: DESK_ADDRESS,
        date: new Date(base.getTime() - hoursBefore * 3_600_000),
      }),
  };
}

const answerTo = (id: string) => ({
  "In-Reply-To": `<${id}@customers.example>`,
  References: `<${id}@customers.example>`,
});

/** In the order in which they are sent. */
export const DEMO_MAILS: DemoMail[] = [
  example({
    id: "payment-failed",
    hoursBefore: 52,
    from: "Mike Larsen <mike@startup.example>",
    subject: "Payment failed",
    text: "Hi,\n\nour card was declined when the plan renewed this morning, although the bank says there is nothing wrong with it. We are locked out of the project settings now.\n\nCan you try the charge again, or give us a few days?\n\nThanks,\nMike",
  }),
  example({
    id: "api-question",
    hoursBefore: 49,
    from: "Lisa Chen <lisa@corp.example>",
    subject: "API question",
    text: "Hello support,\n\nthe list endpoint answers 429 after about 60 calls, but I see no header that says how long to wait:\n\n    HTTP/1.1 429 Too Many Requests\n    Content-Type: application/json\n\nIs there a Retry-After that I am missing, and does the limit count per key or per account?\n\nLisa\n\n-- \nLisa Chen\nPlatform team, Corp Inc.",
  }),
  example({
    id: "login-issue",
    hoursBefore: 47,
    from: "john@acme.example",
    subject: "Login issue",
    text: 'I cannot sign in since yesterday. The page says "session expired" right after I enter the code. Tried two browsers.\n\nSent from my iPhone',
  }),
  example({
    id: "rechnung",
    hoursBefore: 30,
    from: "Jürgen Größmann <j.groessmann@werkstatt.example>",
    subject: "Rechnung für März – Umsatzsteuer-ID fehlt",
    text: "Guten Tag,\n\nauf der Rechnung 2026-0311 fehlt unsere Umsatzsteuer-ID. Ohne sie können wir die 1.190,00 € nicht verbuchen.\n\nKönnten Sie uns bitte eine korrigierte Fassung schicken?\n\nMit freundlichen Grüßen\nJürgen Größmann",
  }),
  example({
    id: "export",
    hoursBefore: 28,
    from: "Amélie Lefèvre <amelie@atelier.example>",
    subject: "Impossible d'exporter mes données",
    text: "Bonjour,\n\nl'export s'arrête toujours à 80 % et le fichier reçu est vide. Pouvez-vous vérifier de votre côté ?\n\nMerci d'avance,\nAmélie",
    html: '<p>Bonjour,</p><p>l\'export s\'arrête toujours à <strong>80 %</strong> et le fichier reçu est vide. Pouvez-vous vérifier de votre côté&nbsp;?</p><p>Merci d\'avance,<br><span style="color:#7a3b69">Amélie</span></p><img src="https://tracker.example/open.gif" width="1" height="1">',
  }),
  example({
    id: "password",
    hoursBefore: 26,
    from: "佐藤 健 <sato@kaisha.example>",
    subject: "パスワードを再設定できません",
    text: "サポートご担当者様\n\nお世話になっております。パスワード再設定のメールが届きません。迷惑メールフォルダも確認しましたが、見つかりませんでした。\n\nご確認をお願いいたします。\n\n佐藤",
  }),
  example({
    id: "fatura",
    hoursBefore: 22,
    from: "ليلى حداد <layla@souq.example>",
    subject: "سؤال حول الفاتورة الأخيرة",
    text: "مرحبا،\n\nتم خصم المبلغ مرتين هذا الشهر. هل يمكنكم التحقق من ذلك وإعادة المبلغ الزائد؟\n\nشكرا لكم،\nليلى",
  }),
  example({
    id: "invoice-twice",
    hoursBefore: 20,
    from: "Hannah Oduya <hannah@brightside.example>",
    subject: "Charged twice? Invoice attached",
    text: "Hi there,\n\nwe were charged twice in October, see the attached invoice. The second charge came two minutes after the first.\n\nBest,\nHannah",
    files: [
      {
        type: "application/pdf",
        filename: "invoice-2026-0142.pdf",
        content: tinyPdf([
          "Invoice 2026-0142",
          "Brightside Ltd",
          "Team plan, October: 79.00 EUR",
          "Paid: 2 x 79.00 EUR",
        ]),
      },
    ],
  }),
  example({
    id: "import-rows",
    hoursBefore: 17,
    from: "Tomasz Nowak <tomasz@hurtownia.example>",
    subject: "Import kończy się błędem w 3 wierszach",
    text: "Dzień dobry,\n\nimport klientów przerywa się na trzech wierszach. W załączniku przesyłam plik.\n\nPozdrawiam,\nTomasz",
    files: [
      {
        type: "text/csv; charset=utf-8",
        filename: "klienci.csv",
        content: 'id;nazwa;miasto\n17;Zażółć Sp. z o.o.;Łódź\n18;"Gęśla; Jaźń";Kraków\n19;;\n',
      },
    ],
  }),
  example({
    id: "feature-request",
    hoursBefore: 14,
    from: "Priscilla Adams <priscilla@bloom.example>",
    subject: "Loving it! One wish",
    html: '<table width="600" cellpadding="8" style="font-family:Georgia,serif"><tr><td bgcolor="#fff4e5"><h2 style="color:#b45309">Hello team!</h2><p>We moved the whole shop over last week and it <em>just works</em>.</p><p>One wish: could the weekly report come on <u>Fridays</u>? Here is what we mean: <a href="https://bloom.example/reports?week=46">our old report</a>.</p><p><img src="cid:leaf@bloom.example" width="32" height="32" alt="leaf"> Priscilla</p></td></tr></table>',
    files: [{ type: "image/png", filename: "leaf.png", contentId: "leaf@bloom.example", content: TINY_PNG }],
  }),
  example({
    id: "everyone",
    hoursBefore: 11,
    from: "**@everyone** <prizes@example.com>",
    subject: "@everyone **URGENT** [click here](https://example.com) <@&1> `rm -rf`",
    text: "# You have won\n\n@here ||claim your prize|| at https://example.com <script>alert(1)</script>\n\n> not a quote\n~~not a trick~~ __at all__",
  }),
  example({
    id: "reembolso",
    hoursBefore: 8,
    from: "María José Peña <mj.pena@tienda.example>",
    subject: "RE: Reembolso pendiente",
    text: "Hola,\n\nsigo sin recibir el reembolso. ¿Me pueden decir para cuándo?\n\nGracias,\nMaría José\n\nEl lun, 16 nov 2026 a las 9:12, Ventas <ventas@tienda.example> escribió:\n> Escríbeles a soporte, ellos lo ven.\n>\n> Un saludo",
  }),
  example({
    id: "two-offices",
    hoursBefore: 7,
    from: "Yara Okafor <yara@okafor-bau.example>",
    subject: "A second office in January",
    header: { Cc: "Femi Okafor <femi@okafor-bau.example>, accounts@okafor-bau.example" },
    text: "Hello,\n\nwe open a branch in Lagos in January: six people, with a calendar of their own. What would that cost? Femi runs it and accounts pays for it, so please keep both in copy.\n\nYara",
  }),
  example({
    id: "contact-form",
    hoursBefore: 6,
    from: "Website <no-reply@claimdesk.example>",
    subject: "New message from the contact form",
    header: { "Reply-To": "Selma Brandt <selma@brandt-schule.example>" },
    text: "Name: Selma Brandt\nMail: selma@brandt-schule.example\n\nDo you have a plan for schools? We are 14 teachers and want to start in February.",
  }),
  example({
    id: "payment-failed-again",
    hoursBefore: 5,
    from: "Mike Larsen <mike@startup.example>",
    subject: "Re: Payment failed",
    header: answerTo("payment-failed"),
    text: "Any news? The bank confirmed again that the card is fine, and we ship tomorrow.\n\nMike\n\nOn Wed, Nov 18, 2026 at 12:00 PM Mike Larsen <mike@startup.example> wrote:\n> our card was declined when the plan renewed this morning",
  }),
  example({
    id: "rechnung-stranger",
    hoursBefore: 4,
    from: "Buchhaltung Werkstatt <buchhaltung@werkstatt-gruppe.example>",
    subject: "Re: Rechnung für März – Umsatzsteuer-ID fehlt",
    header: answerTo("rechnung"),
    text: "Guten Tag,\n\nHerr Größmann hat mir Ihre Nachricht weitergeleitet. Bitte schicken Sie die korrigierte Rechnung an mich.\n\nS. Albrecht, Buchhaltung",
  }),
  example({
    id: "forwarded",
    hoursBefore: 3.5,
    from: "Tomás Rivera <tomas@claimdesk.example>",
    subject: "Fwd: Voucher already used?",
    text: "Hi all, this landed in my own inbox. Who has time for it?\n\n---------- Forwarded message ---------\nFrom: Nils Hauge <nils@hauge.example>\nDate: Fri, Nov 20, 2026 at 10:12 AM\nSubject: Voucher already used?\nTo: <tomas@claimdesk.example>\n\nThe shop says that my voucher HERBST20 is used up, but this was my first order.\n\nNils",
  }),
  example({
    id: "out-of-office",
    hoursBefore: 3,
    from: "Hannah Oduya <hannah@brightside.example>",
    subject: "Automatic reply: Charged twice? Invoice attached",
    header: { ...answerTo("invoice-twice"), "Auto-Submitted": "auto-replied" },
    text: "I am out of the office until Monday and answer then. For anything urgent please write to accounts@brightside.example.",
  }),
  example({
    id: "order-status",
    hoursBefore: 1,
    from: "王芳 <wang.fang@maoyi.example>",
    subject: "订单状态查询",
    text: '您好，\n\n我上周下的订单还显示"处理中"，请问什么时候可以发货？\n\n谢谢！\n王芳',
  }),
];
