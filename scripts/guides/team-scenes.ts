import type { Scene } from "./scene";

/** The scenes of an admin: the team, its rules, a removal. */
export const TEAM_SCENES: Scene[] = [
  {
    shows: "the team's workload with an admin's menu of one member",
    play: async ({ maya, album }) => {
      await maya.visit("team");
      await maya.button("Actions for Tomás Rivera").click();
      await maya.page.getByRole("menuitem", { name: "Remove from the desk…" }).waitFor();
      await maya.restPointer();
      await album.take(maya.page, "team");
      await maya.page.keyboard.press("Escape");
    },
  },
  {
    shows: "the rules of the team with changes that are not saved",
    play: async ({ maya, album }) => {
      await maya.visit("settings");
      await maya.page.getByRole("radio", { name: "Every member" }).check();
      await maya.page.getByRole("textbox", { name: "Mails as they arrived" }).fill("90");
      await maya.sees("2 changes are not saved");
      await maya.restPointer();
      await album.take(maya.page, "settings");
      await maya.button("Discard").click();
    },
  },
  {
    shows: "the notice of a removed member, and the way back in",
    play: async ({ maya, tomas, album }) => {
      await maya.visit("team");
      await maya.button("Actions for Tomás Rivera").click();
      await maya.page.getByRole("menuitem", { name: "Remove from the desk…" }).click();
      await maya.button("Remove").click();
      await maya.sees(maya.button("Let Tomás in again"));
      await maya.sees("Tomás Rivera is removed from the desk.");
      await maya.restPointer();
      await album.take(maya.page, "let-in-again");

      await tomas.sees("You’re not on this team");
      await album.take(tomas.page, "removed");
      await maya.button("Let Tomás in again").click();
      await maya.sees("Tomás Rivera may sign in again.");
    },
  },
];
