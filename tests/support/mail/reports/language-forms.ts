import { REPLY_ID, RETURNED_HEADER, textReport, type ReportForm } from "./report-form";

const BELOW = `\n\n${RETURNED_HEADER}`;
const encoded = (subject: string) => `=?utf-8?B?${Buffer.from(subject).toString("base64")}?=`;

/** A report of a machine whose texts are in another language. */
function form(
  language: string,
  subject: string,
  body: string,
  told: Pick<ReportForm, "outcome" | "cause" | "detail">,
): ReportForm {
  const head = { from: "MAILER-DAEMON@mx.relay.example", subject: encoded(subject) };
  const mail = textReport(head, `${body}${BELOW}`);
  return { name: language, mail, recipients: [["ann@customer.example", null]], ...told };
}

const postmaster = (subject: string, body: string) =>
  textReport(
    { from: "postmaster@customer.example", subject: encoded(subject), more: [`In-Reply-To: ${REPLY_ID}`] },
    body,
  );

/** Reports in other languages. */
export const LANGUAGE_FORMS: ReportForm[] = [
  form(
    "German, the mailbox is full",
    "Unzustellbar: Re: Rechnung",
    "Ihre Nachricht konnte nicht zugestellt werden.\n\nann@customer.example\n\nFehler:\nDas Postfach des Empfängers ist voll.",
    { outcome: "failed", cause: "mailbox_full", detail: "Das Postfach des Empfängers ist voll." },
  ),
  form(
    "German, a delay",
    "Zustellung verzögert: Re: Rechnung",
    "Die Nachricht an ann@customer.example wurde noch nicht zugestellt. Es wird weiterhin versucht; Sie müssen nichts tun.",
    { outcome: "delayed", cause: "other", detail: "noch nicht zugestellt" },
  ),
  form(
    "French, an unknown address",
    "Non remis : Re: Facture",
    "Votre message n'a pas pu être remis.\n\nann@customer.example\n\nL'adresse du destinataire est introuvable.",
    { outcome: "failed", cause: "no_mailbox", detail: "L'adresse du destinataire est introuvable." },
  ),
  form(
    "French, a delay",
    "Remise retardée",
    "Votre message n'a pas encore été remis à ann@customer.example. Le serveur va continuer ses tentatives.",
    { outcome: "delayed", cause: "other", detail: "n'a pas encore été remis" },
  ),
  form(
    "Spanish, an unknown address",
    "No se puede entregar: Re: Factura",
    "No se ha podido entregar su mensaje a:\n\nann@customer.example\n\nEl destinatario no existe en este servidor.",
    { outcome: "failed", cause: "no_mailbox", detail: "El destinatario no existe" },
  ),
  form(
    "Spanish, a delay",
    "Entrega retrasada",
    "Su mensaje a ann@customer.example todavía no se ha entregado. Seguiremos intentando durante dos días.",
    { outcome: "delayed", cause: "other", detail: "todavía no se ha entregado" },
  ),
  form(
    "Italian, a full mailbox",
    "Mancato recapito: Re: Fattura",
    "Impossibile recapitare il messaggio a:\n\nann@customer.example\n\nLa casella è piena.",
    { outcome: "failed", cause: "mailbox_full", detail: "La casella è piena." },
  ),
  form(
    "Italian, a delay",
    "Consegna ritardata",
    "Il messaggio per ann@customer.example non è ancora stato consegnato. Il server continuerà a tentare.",
    { outcome: "delayed", cause: "other", detail: "non è ancora stato consegnato" },
  ),
  form(
    "Portuguese, an unknown address",
    "Não foi entregue: Re: Fatura",
    "A sua mensagem não foi entregue a:\n\nann@customer.example\n\nO destinatário não foi encontrado.",
    { outcome: "failed", cause: "no_mailbox", detail: "O destinatário não foi encontrado." },
  ),
  form(
    "Portuguese, a delay",
    "Entrega atrasada",
    "A mensagem para ann@customer.example ainda não foi entregue. Novas tentativas serão feitas.",
    { outcome: "delayed", cause: "other", detail: "ainda não foi entregue" },
  ),
  form(
    "Japanese, an unknown address",
    "配信不能: Re: 請求書",
    "メッセージを配信できませんでした。\n\nann@customer.example\n\n宛先のアドレスが見つかりませんでした。",
    { outcome: "failed", cause: "no_mailbox", detail: "宛先のアドレスが見つかりませんでした。" },
  ),
  form(
    "Japanese, a delay",
    "配信の遅延: Re: 請求書",
    "次の宛先への配信が遅延しています。\n\nann@customer.example\n\n引き続き再試行します。",
    { outcome: "delayed", cause: "other", detail: "配信が遅延しています" },
  ),
  {
    name: "German, of a postmaster",
    mail: postmaster(
      "Unzustellbar: Re: Rechnung",
      "Fehler bei der Zustellung an folgende Empfänger:\n\nann@customer.example\n\n550 5.7.1 Nicht erwünscht",
    ),
    outcome: "failed",
    recipients: [["ann@customer.example", "5.7.1"]],
    cause: "blocked",
    detail: "550 5.7.1 Nicht erwünscht",
  },
];
