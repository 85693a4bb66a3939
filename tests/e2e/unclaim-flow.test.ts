import type { Browser } from "playwright-core";
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

describe("the unclaim flow", () => {
  test("after a confirmation the ticket is back in Unassigned and the card has no assignee", async () => {
    const subject = "Invoice needs our VAT number";
    const id = await desk.receive({ subject });
    const page = await windowOf(browser, "Priya Nair");
    await page.getByRole("button", { name: `Claim ${subject}` }).click();
    await expect
      .poll(() => desk.card(id), { timeout: 10_000 })
      .toContain("👤 Claimed by: priya@claimdesk.example");

    await visit(page, "/dashboard/tickets/mine");
    await page.getByRole("button", { name: `Unclaim ${subject}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Unclaim" }).click();
    await page.getByRole("button", { name: `Unclaim ${subject}` }).waitFor({ state: "detached" });

    expect(await desk.thread(id)).toMatchObject({
      assignedTo: null,
      assignedToEmail: null,
      assignedToName: null,
      claimedAt: null,
    });
    await visit(page, "/dashboard/tickets/unassigned");
    await page.getByRole("button", { name: `Claim ${subject}` }).waitFor();
    await expect.poll(() => desk.card(id), { timeout: 10_000 }).not.toContain("Claimed by");
  });

  test("dismissing the confirmation changes nothing", async () => {
    const subject = "Where do I change the sender name?";
    const id = await desk.receive({ subject });
    const page = await windowOf(browser, "Tomás Rivera");
    await page.getByRole("button", { name: `Claim ${subject}` }).click();
    await expect.poll(async () => (await desk.thread(id)).assignedTo).toBe("user_demo_tomas");
    await visit(page, "/dashboard/tickets/mine");
    await page.getByRole("button", { name: `Unclaim ${subject}` }).click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(await desk.thread(id)).toMatchObject({ assignedTo: "user_demo_tomas", revision: 2 });
  });

  test("an admin can unclaim for somebody else, and a member is not offered it", async () => {
    const subject = "Importing 4,000 contacts";
    const id = await desk.receive({ subject });
    const tomas = await windowOf(browser, "Tomás Rivera");
    await tomas.getByRole("button", { name: `Claim ${subject}` }).click();
    await expect.poll(async () => (await desk.thread(id)).assignedTo).toBe("user_demo_tomas");

    const priya = await windowOf(browser, "Priya Nair", "/dashboard/tickets");
    await priya.getByText(subject).first().waitFor();
    expect(await priya.getByRole("button", { name: `More for ${subject}` }).count()).toBe(0);

    const maya = await windowOf(browser, "Maya Lindqvist", "/dashboard/tickets");
    await maya.getByRole("button", { name: `More for ${subject}` }).click();
    await maya.getByRole("menuitem", { name: "Unclaim for Tomás" }).click();
    await maya.getByRole("dialog").getByRole("button", { name: "Unclaim" }).click();
    await expect.poll(async () => (await desk.thread(id)).assignedTo).toBeNull();
    expect((await desk.thread(id)).history?.at(-1)).toMatchObject({
      kind: "unclaimed",
      by: { id: "user_demo_maya" },
      assignee: { id: "user_demo_tomas" },
    });
  });
});
