import type { Scene } from "./scene";

const GIVEN = "API question";
const NOTE = "Lisa asks about the limits that you set up for her. Can you take over?";
const REASON = "I am out until Monday, and she needs it today.";

/** One ticket from hand to hand: claimed, given with a note, declined with a reason, claimed again. */
export const HANDOVER_SCENES: Scene[] = [
  {
    shows: "the tickets of the example mails in Unassigned",
    play: async ({ priya, album, tickets }) => {
      await priya.visit("unassigned");
      await priya.sees(priya.page.getByRole("link", { name: `Unassigned ${tickets}` }));
      await album.take(priya.page, "unassigned");
    },
  },
  {
    shows: "three people who hold tickets in each status",
    play: async ({ maya, priya, tomas }) => {
      for (const subject of ["Payment failed", GIVEN, "Login issue", "Charged twice?"]) {
        await priya.claim(subject);
      }
      await tomas.visit("unassigned");
      for (const subject of ["A second office", "Loving it!", "Import kończy"]) await tomas.claim(subject);
      await maya.visit("unassigned");
      await maya.claim("RE: Reembolso");
      await priya.setStatus("Login issue", "Waiting");
      await tomas.setStatus("Loving it!", "In progress");
    },
  },
  {
    shows: "the picker with the team's load and a note",
    play: async ({ priya, album }) => {
      await priya.openTicket(GIVEN);
      await priya.sees("Up to date");
      await priya.page.keyboard.press("a");
      const picker = priya.page.getByRole("dialog", { name: "Assign to…" });
      await picker.getByRole("option", { name: /Tomás/ }).click();
      await picker.getByRole("textbox", { name: /^Note for Tomás/ }).fill(NOTE);
      await priya.restPointer();
      await album.take(priya.page, "picker");
      await picker.getByRole("button", { name: "Assign" }).click();
      await priya.sees(`You gave “${GIVEN}” to Tomás.`);
    },
  },
  {
    shows: "a ticket that was given to somebody, on a desk and on a phone",
    play: async ({ tomas, tomasPhone, album }) => {
      for (const [window, name] of [
        [tomas, "given"],
        [tomasPhone, "given-phone"],
      ] as const) {
        await window.openTicket(GIVEN);
        await window.sees("Priya gave you this");
        if (window === tomas) await window.sees("Up to date");
        await album.take(window.page, name);
      }
    },
  },
  {
    shows: "a declined ticket among the giver's own",
    play: async ({ priya, tomas, album }) => {
      await tomas.button("Decline…").click();
      await tomas.page.getByRole("textbox", { name: "Reason" }).fill(REASON);
      await tomas.page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
      await tomas.sees("You declined it.");
      await priya.visit("mine");
      await priya.sees("Tomás declined it");
      await album.take(priya.page, "mine");
    },
  },
  {
    shows: "the history of a ticket that was handed over, declined and claimed again",
    play: async ({ priya, album }) => {
      await priya.openTicket(GIVEN);
      await priya.page.keyboard.press("c");
      await priya.goto(new URL(priya.page.url()).pathname);
      const history = priya.page.getByRole("list", { name: "History" });
      await history.getByText("You claimed this").nth(1).waitFor();
      await priya.sees("Up to date");
      await history.scrollIntoViewIfNeeded();
      await history.getByRole("listitem").last().scrollIntoViewIfNeeded();
      await album.take(priya.page, "history");
    },
  },
];
