import type { Album } from "./album";
import type { GuideDesk } from "./desk";
import type { DeskWindow } from "./window";

/** The people of the demo at their windows: Maya is an admin, Priya and Tomás are members. */
export type Stage = {
  maya: DeskWindow;
  priya: DeskWindow;
  tomas: DeskWindow;
  priyaPhone: DeskWindow;
  tomasPhone: DeskWindow;
  album: Album;
  /** How many tickets the example mails become. */
  tickets: number;
  desk: GuideDesk;
};

/** A part of the play: it starts where the one before ended. `shows` completes "…was not reached". */
export type Scene = { shows: string; play: (stage: Stage) => Promise<void> };
