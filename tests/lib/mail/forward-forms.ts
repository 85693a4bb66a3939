/** Labels and marks of mail programs, by language. A form that a program does not have in a language is left out. */
type Language = {
  from: string;
  to: string;
  date: string;
  subject: string;
  /** How the subject of a forward begins in Outlook. */
  prefix: string;
  apple?: string;
  thunderbird?: string;
  yahoo?: string;
  /** Labels of Thunderbird, if others. */
  others?: { from?: string; to?: string; date?: string; subject?: string };
};

export const LANGUAGES: Record<string, Language> = {
  cs: {
    ...{ from: "Od", to: "Komu", date: "Datum", subject: "Předmět", prefix: "FW" },
    apple: "Začátek přeposílané zprávy:",
    thunderbird: "-------- Přeposlaná zpráva --------",
    yahoo: "----- Přeposlaná zpráva -----",
  },
  da: {
    ...{ from: "Fra", to: "Til", date: "Dato", subject: "Emne", prefix: "VS" },
    apple: "Start på videresendt besked:",
    thunderbird: "-------- Videresendt meddelelse --------",
    yahoo: "----- Videresendt meddelelse -----",
  },
  de: {
    ...{ from: "Von", to: "An", date: "Datum", subject: "Betreff", prefix: "WG" },
    apple: "Anfang der weitergeleiteten Nachricht:",
    thunderbird: "-------- Weitergeleitete Nachricht --------",
    yahoo: "----- Weitergeleitete Nachricht -----",
  },
  en: {
    ...{ from: "From", to: "To", date: "Date", subject: "Subject", prefix: "FW" },
    apple: "Begin forwarded message:",
    thunderbird: "-------- Forwarded Message --------",
    yahoo: "----- Forwarded Message -----",
  },
  es: {
    ...{ from: "De", to: "Para", date: "Fecha", subject: "Asunto", prefix: "RV" },
    apple: "Inicio del mensaje reenviado:",
    thunderbird: "-------- Mensaje reenviado --------",
    yahoo: "----- Mensaje reenviado -----",
  },
  fi: {
    ...{ from: "Lähettäjä", to: "Vastaanottaja", date: "Päivämäärä", subject: "Aihe", prefix: "VL" },
    apple: "Välitetty viesti alkaa:",
    thunderbird: "-------- Välitetty viesti / Fwd.Msg --------",
    yahoo: "----- Edelleenlähetetty viesti -----",
  },
  fr: {
    ...{ from: "De", to: "À", date: "Date", subject: "Objet", prefix: "TR" },
    apple: "Début du message réexpédié :",
    thunderbird: "-------- Message transféré --------",
    yahoo: "----- Message transmis -----",
    others: { to: "Pour", subject: "Sujet" },
  },
  hr: {
    ...{ from: "Šalje", to: "Prima", date: "Datum", subject: "Naslov", prefix: "FW" },
    apple: "Započni proslijeđenu poruku:",
    thunderbird: "-------- Proslijeđena poruka --------",
  },
  hu: {
    ...{ from: "Feladó", to: "Címzett", date: "Dátum", subject: "Tárgy", prefix: "FW" },
    apple: "Továbbított levél kezdete:",
    thunderbird: "-------- Továbbított üzenet --------",
    yahoo: "----- Továbbított üzenet -----",
  },
  it: {
    ...{ from: "Da", to: "A", date: "Data", subject: "Oggetto", prefix: "I" },
    apple: "Inizio messaggio inoltrato:",
    thunderbird: "-------- Messaggio Inoltrato --------",
    yahoo: "----- Messaggio inoltrato -----",
    others: { from: "Mittente" },
  },
  nl: {
    ...{ from: "Van", to: "Aan", date: "Datum", subject: "Onderwerp", prefix: "FW" },
    apple: "Begin doorgestuurd bericht:",
    thunderbird: "-------- Doorgestuurd bericht --------",
    yahoo: "----- Doorgestuurd bericht -----",
  },
  no: {
    ...{ from: "Fra", to: "Til", date: "Dato", subject: "Emne", prefix: "VS" },
    apple: "Videresendt melding:",
    thunderbird: "-------- Videresendt melding --------",
    yahoo: "----- Videresendt melding -----",
  },
  pl: {
    ...{ from: "Od", to: "Do", date: "Data", subject: "Temat", prefix: "PD" },
    apple: "Początek przekazywanej wiadomości:",
    thunderbird: "--- Treść przekazanej wiadomości ---",
    yahoo: "----- Przekazana wiadomość -----",
    others: { from: "Nadawca", to: "Adresat" },
  },
  pt: {
    ...{ from: "De", to: "Para", date: "Data", subject: "Assunto", prefix: "FW" },
    apple: "Início da mensagem reencaminhada:",
    thunderbird: "-------- Mensagem reencaminhada --------",
    yahoo: "----- Mensagem reencaminhada -----",
  },
  "pt-br": {
    ...{ from: "De", to: "Para", date: "Data", subject: "Assunto", prefix: "ENC" },
    apple: "Início da mensagem encaminhada:",
    thunderbird: "-------- Mensagem encaminhada --------",
    yahoo: "----- Mensagem encaminhada -----",
  },
  ro: {
    ...{ from: "De la", to: "Destinatarul", date: "Dată", subject: "Subiectul", prefix: "Redir." },
    apple: "Începe mesajul redirecționat:",
    yahoo: "----- Mesaj redirecționat -----",
  },
  ru: {
    ...{ from: "От", to: "Кому", date: "Дата", subject: "Тема", prefix: "FW" },
    apple: "Начало переадресованного сообщения:",
    thunderbird: "-------- Перенаправленное сообщение --------",
    yahoo: "----- Пересылаемое сообщение -----",
  },
  sk: {
    ...{ from: "Od", to: "Komu", date: "Dátum", subject: "Predmet", prefix: "FW" },
    apple: "Začiatok preposlanej správy:",
    thunderbird: "-------- Preposlaná správa --- Forwarded Message --------",
    yahoo: "----- Preposlaná správa -----",
  },
  sv: {
    ...{ from: "Från", to: "Till", date: "Datum", subject: "Ämne", prefix: "VB" },
    apple: "Vidarebefordrat mejl:",
    thunderbird: "-------- Vidarebefordrat meddelande --------",
    yahoo: "----- Vidarebefordrat meddelande -----",
  },
  tr: {
    ...{ from: "Kimden", to: "Kime", date: "Tarih", subject: "Konu", prefix: "İLT" },
    apple: "İleti başlangıcı:",
    thunderbird: "-------- İletilen İleti --------",
    yahoo: "----- İletilmiş Mesaj -----",
  },
  uk: {
    ...{ from: "Від", to: "Кому", date: "Дата", subject: "Тема", prefix: "FW" },
    apple: "Початок листа, що пересилається:",
    thunderbird: "-------- Переслане повідомлення --------",
    yahoo: "----- Перенаправлене повідомлення -----",
  },
};

const WORDS = "The printer of order 815 came without its cable.\nPlease send one.\n\nGrüße, Kim";
const SENDER = "Kim Ødegård <kim@buyer.example>";
const COLLEAGUE = "Tomás Rivera <tomas@team.example>";

export type Forward = { form: string; subject: string; text: string };

/** The same mail as each mail program forwards it in this language, without a note. */
export function formsIn(name: string): Forward[] {
  const language = LANGUAGES[name];
  if (!language) return [];
  const { from, to, date, subject, prefix, apple, thunderbird, yahoo } = language;
  const others = { from, to, date, subject, ...language.others };
  const title = "Cable missing";
  const head = [
    `${from}: ${SENDER}`,
    `${date}: 26. 11. 2026 9:00`,
    `${to}: ${COLLEAGUE}`,
    `${subject}: ${title}`,
  ];
  const quoted = [...head.slice(0, 1), ...head.slice(3), ...head.slice(1, 3), "", ...WORDS.split("\n")];
  const english = `From: ${SENDER}\nSent: Thursday, November 26, 2026 9:00 AM\nTo: ${COLLEAGUE}\nSubject: ${title}`;
  const forms: (Forward | null)[] = [
    {
      form: "Gmail",
      subject: `Fwd: ${title}`,
      text:
        `---------- Forwarded message ---------\n${from}: Kim Ødegård <kim@buyer.example>\n` +
        `Date: Thu, Nov 26, 2026 at 9:00 AM\nSubject: ${title}\nTo: <tomas@team.example>\n\n\n${WORDS}`,
    },
    { form: "Outlook desktop", subject: `${prefix}: ${title}`, text: `${head.join("\n")}\n\n${WORDS}` },
    {
      form: "Outlook 365",
      subject: `${prefix}: ${title}`,
      text: `${"_".repeat(32)}\n${english}\n\n${WORDS}`,
    },
    {
      form: "Outlook mobile",
      subject: `${prefix}: ${title}`,
      text: `Get Outlook for iOS<https://outlook.example/ios>\n${"_".repeat(32)}\n${english}\n\n${WORDS}`,
    },
    apple
      ? {
          form: "Apple Mail",
          subject: `Fwd: ${title}`,
          text: `${apple}\n\n${quoted.map((line) => `> ${line}`.trimEnd()).join("\n")}`,
        }
      : null,
    apple
      ? { form: "Apple Mail, not quoted", subject: `Fwd: ${title}`, text: `${apple}\n\n${quoted.join("\n")}` }
      : null,
    thunderbird
      ? {
          form: "Thunderbird",
          subject: `Fwd: ${title}`,
          text:
            `${thunderbird}\n${others.subject}: \t${title}\n${date}: \tThu, 26 Nov 2026 09:00:00 +0100\n` +
            `${others.from}: \t${SENDER}\n${others.to}: \t${COLLEAGUE}\n\n\n\n${WORDS}`,
        }
      : null,
    yahoo
      ? {
          form: "Yahoo",
          subject: `Fw: ${title}`,
          text:
            ` ${yahoo} ${from}: ${SENDER}${to}: ${COLLEAGUE}${date}: Thursday, 26 November 2026` +
            `${subject}: ${title}\n ${WORDS}`,
        }
      : null,
  ];
  return forms.filter((form) => form !== null);
}
