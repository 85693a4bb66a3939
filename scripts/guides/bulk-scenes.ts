import type { Page, Route } from "playwright-core";
import type { JobsResponse } from "@/lib/api/contracts";
import { ALERTS, sendAlerts } from "./alerts";
import type { GuideDesk } from "./desk";
import type { Scene } from "./scene";
import type { DeskWindow } from "./window";

const RACED = "Rechnung für März";
/** The job is shown once it has reached so many tickets, a few batches of its work. */
const REACHED = 60;
const JOBS = "**/api/emails/bulk/jobs";

/** Many tickets at once: chosen one by one, then all that match. */
export const BULK_SCENES: Scene[] = [
  {
    shows: "selected rows with their bar, on a desk and on a phone",
    play: async ({ priya, priyaPhone, album }) => {
      await priya.visit("unassigned");
      for (const key of ["x", "j", "j", "j", "Shift+X"]) await priya.page.keyboard.press(key);
      await priya.sees("4 selected");
      await album.take(priya.page, "selection");

      await priyaPhone.visit("unassigned");
      await priyaPhone.button("Select").click();
      for (const at of [0, 1, 2]) {
        await priyaPhone.page
          .getByRole("checkbox", { name: /^Select / })
          .nth(at + 1)
          .check();
      }
      await priyaPhone.sees("3 selected");
      await priyaPhone.restPointer();
      await album.take(priyaPhone.page, "selection-phone");
    },
  },
  {
    shows: "the outcome of a claim of many, one of which somebody else claimed at the same moment",
    play: async ({ priya, tomas, album }) => {
      await tomas.visit("unassigned");
      await priya.visit("unassigned");
      await selectAllShown(priya);
      const release = await hold(priya.page, "**/api/emails/bulk");
      const asked = priya.page.waitForRequest("**/api/emails/bulk");
      await priya.page.keyboard.press("c");
      await asked;
      await tomas.claim(RACED);
      release();
      await priya.sees("Tomás claimed this");
      await priya.sees("One is Tomás’s.");
      await album.take(priya.page, "results");
    },
  },
  {
    shows: "a job over all tickets that match, in the middle of its work",
    play: async ({ maya, album, desk }) => {
      await sendAlerts(desk.inboundPort);
      await maya.visit("unassigned");
      await maya.sees(maya.page.getByRole("link", { name: new RegExp(`Unassigned ${ALERTS}`) }));
      await maya.visit("unassigned");
      await selectAllShown(maya);
      await maya.button(/^Select all .* that match$/).click();
      await maya.button("Status of the selected tickets").click();
      await maya.page.getByRole("menuitem", { name: "Resolve" }).click();
      const halted = await haltAt(maya.page, desk, REACHED);
      await maya.button("Resolve all").click();
      await maya.sees(maya.page.getByText(`Resolving ${REACHED} of `));
      await maya.restPointer();
      await album.take(maya.page, "job");
      halted.goOn();
      await maya.page.unroute(JOBS);
      await maya.sees(`Resolved ${ALERTS}.`);
      await maya.button("Dismiss").click();
    },
  },
];

/** The bar with its box comes with the first selected row. */
async function selectAllShown(window: DeskWindow): Promise<void> {
  await window.page.keyboard.press("x");
  await window.page.getByRole("checkbox", { name: /^Select (all .* shown|the first )/ }).click();
  await window.restPointer();
}

/** Keeps requests to `url` from the desk until the returned function is called. */
async function hold(page: Page, url: string): Promise<() => void> {
  const released = Promise.withResolvers<void>();
  await page.route(url, async (route) => {
    await released.promise;
    await route.continue();
  });
  return released.resolve;
}

/** Halts the work on the page's job once it has reached so many tickets, and shows the page that answer. */
async function haltAt(page: Page, desk: GuideDesk, reached: number): Promise<{ goOn: () => void }> {
  const halted = { goOn: () => {} };
  let answer: Promise<JobsResponse> | null = null;
  await page.route(JOBS, async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    answer ??= untilReached(route, reached).then((told) => {
      halted.goOn = desk.haltWorker();
      return told;
    });
    await route.fulfill({ json: await answer });
  });
  return halted;
}

/** The first answer that says so, or one that says that the job is over. */
async function untilReached(route: Route, reached: number): Promise<JobsResponse> {
  for (;;) {
    const response = await route.fetch();
    const answer = (await response.json()) as JobsResponse;
    const [job] = answer.jobs;
    if (job && (job.state !== "running" || job.succeeded + job.refused === reached)) return answer;
  }
}
