import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, windowOf, visit } from "@/tests/support/browser/browser";
import { Desk } from "@/tests/support/desk/desk";

let browser: Browser;
let desk: Desk;

beforeAll(async () => {
  [browser, desk] = [await openBrowser(), await Desk.open()];
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

/** Presses *Claim* in each window; no request reaches the desk before all windows have sent theirs. */
async function claimTogether(pages: Page[], subject: string): Promise<void> {
  const allSent = Promise.withResolvers<void>();
  let missing = pages.length;
  for (const page of pages) {
    await page.route("**/api/emails/claim", async (route) => {
      missing -= 1;
      if (missing === 0) allSent.resolve();
      await allSent.promise;
      await route.continue();
    });
  }
  await Promise.all(pages.map((page) => page.getByRole("button", { name: `Claim ${subject}` }).click()));
}

function told(page: Page, winner: string): Promise<void> {
  return page.getByText(new RegExp(`${winner} claimed this`)).waitFor();
}

describe("the claim flow", () => {
  test("a mail becomes a ticket; claimed, it moves from Unassigned to Mine and the card names the assignee", async () => {
    const subject = "Charged twice for March";
    const page = await windowOf(browser, "Priya Nair");
    const id = await desk.receive({ subject });
    await expect.poll(() => desk.card(id)).toContain("📧 New email to support@desk.example");
    expect(await desk.card(id)).not.toContain("Claimed by");

    await page.getByRole("button", { name: `Claim ${subject}` }).click();
    await page.getByRole("button", { name: `Claim ${subject}` }).waitFor({ state: "detached" });
    await page.getByRole("navigation").getByRole("link", { name: /Mine/ }).first().click();
    await page
      .getByRole("link", { name: new RegExp(subject) })
      .first()
      .waitFor();

    expect(await desk.thread(id)).toMatchObject({
      assignedTo: "user_demo_priya",
      assignedToEmail: "priya@claimdesk.example",
      assignedToName: "Priya Nair",
      claimedAt: expect.any(Date),
      status: "open",
    });
    await expect
      .poll(() => desk.card(id), { timeout: 10_000 })
      .toContain("👤 Claimed by: priya@claimdesk.example");
  });

  test("of two people who claim at once one has the ticket, and the other is told who", async () => {
    const subject = "Payment failed at checkout";
    const id = await desk.receive({ subject });
    const [priya, tomas] = [await windowOf(browser, "Priya Nair"), await windowOf(browser, "Tomás Rivera")];
    await claimTogether([priya, tomas], subject);

    // The row tells it for four seconds only, so both windows are watched from the start.
    const loser = await Promise.any([
      told(priya, "Tomás").then(() => priya),
      told(tomas, "Priya").then(() => tomas),
    ]);
    const { assignedTo, history } = await desk.thread(id);
    expect(assignedTo).toBe(loser === priya ? "user_demo_tomas" : "user_demo_priya");
    await loser.getByText(subject).waitFor({ state: "detached" });
    expect(history?.filter(({ kind }) => kind === "claimed")).toHaveLength(1);

    await visit(loser, "/dashboard/tickets/mine");
    await loser.getByRole("heading", { name: "Mine" }).waitFor();
    expect(await loser.getByText(subject).count()).toBe(0);
  });

  test("a ticket that somebody else claims leaves an open list within two seconds, without a reload", async () => {
    const subject = "Two-factor codes never arrive";
    const id = await desk.receive({ subject });
    const [priya, maya] = [await windowOf(browser, "Priya Nair"), await windowOf(browser, "Maya Lindqvist")];
    const row = priya.getByRole("button", { name: `Claim ${subject}` });
    await row.waitFor();
    await maya.getByRole("button", { name: `Claim ${subject}` }).click();
    await expect.poll(async () => (await desk.thread(id)).assignedTo).toBe("user_demo_maya");
    await row.waitFor({ state: "detached", timeout: 3_000 });
  });
});
