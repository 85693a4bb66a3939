import { describe, expect, test } from "vitest";
import { deskForFile, mail } from "./case-desk";

const desk = await deskForFile();

const TOPIC = "The oven stays cold";
/** "Re:" and "Fwd:" as mail programs of many languages write them. */
const PREFIXES = [
  "Re: ",
  "RE : ",
  "AW: AW: Re: ",
  "Antwort: Re: Antwort: ",
  "Antw: ",
  "SV: Re: SV: ",
  "VS: Re: ",
  "Ynt: Re: ",
  "R: Re: R: ",
  "RES: Re: RES: ",
  "RIF: Re: ",
  "Odp: Re: ",
  "Re[2]: ",
  "Re(3): ",
  "Re*2: ",
  "回复：Re: ",
  "答复: Re: ",
  "Vá: Re: ",
  "ΑΠ: Re: ",
  "תשובה: Re: ",
  "رد: Re: ",
  "[EXTERNAL] Re: ",
  "Re: [EXTERNAL] Re: ",
];

const encoded = (subject: string) => `=?utf-8?B?${Buffer.from(subject).toString("base64")}?=`;

describe("the subject of a reply", () => {
  test.each(PREFIXES)("has one Re: for a mail with %j", async (prefix) => {
    const received = await desk.receives(
      mail({ From: "olga@kiln.example", Subject: encoded(`${prefix}${TOPIC}`) }),
    );
    const { subject } = await desk.answers(received);
    expect(subject.match(/\bre\b/gi)).toHaveLength(1);
    expect(subject.replace("[EXTERNAL] ", "")).toBe(`Re: ${TOPIC}`);
  });

  test.each([
    "Retour: a question",
    "Resend my key",
    "Svelte: how to log in",
    "Aw, it broke again",
    "R2D2: offline",
  ])("keeps words that only begin like one: %j", async (subject) => {
    const received = await desk.receives(mail({ From: "olga@kiln.example", Subject: subject }));
    expect((await desk.answers(received)).subject).toBe(`Re: ${subject}`);
  });

  test.each(["Fwd: ", "TR: Re: ", "WG: "])("says what the mail was about after %j", async (prefix) => {
    const received = await desk.receives(mail({ From: "olga@kiln.example", Subject: `${prefix}${TOPIC}` }));
    const { subject } = await desk.answers(received);
    expect(subject).toMatch(/^Re: (?!Re:)/);
    expect(subject.endsWith(TOPIC)).toBe(true);
  });
});
