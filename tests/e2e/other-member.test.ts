import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, windowOf } from "@/tests/support/browser/browser";
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

/** Somebody else signs in in another window of the same browser. */
async function signInBeside(page: Page, name: string): Promise<void> {
  const other = await page.context().newPage();
  await other.goto("/sign-in");
  await other.getByRole("button", { name: new RegExp(name) }).click();
  await other.getByRole("navigation").first().waitFor();
}

test("a window of the member before says that somebody else has signed in, and changes nothing in their name", async () => {
  const subject = "Which plan has exports?";
  const id = await desk.receive({ subject });
  const priya = await windowOf(browser, "Priya Nair");
  const claim = priya.getByRole("button", { name: `Claim ${subject}` });
  await claim.waitFor();
  await signInBeside(priya, "Maya Lindqvist");

  await priya.getByRole("alert").getByText("Somebody else has signed in here since.").waitFor();
  const answered = priya.waitForResponse("**/api/emails/claim");
  await claim.click();
  expect(await (await answered).json()).toMatchObject({ reason: "other_member" });
  expect((await desk.thread(id)).assignedTo).toBeNull();

  await priya.getByRole("button", { name: "Reload" }).click();
  await priya.getByText("Maya Lindqvist").first().waitFor();
});
