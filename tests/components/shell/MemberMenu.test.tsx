import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { MemberMenu } from "@/components/shell/MemberMenu";
import { ROLE_NAMES, type Role } from "@/lib/api/vocabulary";
import { answer, askedFor, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { NO_COUNTS, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const READ = "GET /api/team/preferences";
const SAVE = "PUT /api/team/preferences";
const preferences = (mailOnHandover: boolean, canMail = true) => ({
  preferences: { mailOnHandover },
  canMail,
});

beforeEach(() => {
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  answer(READ, preferences(false));
});

async function openMenu(role: Role = "member", place: "rail" | "foot" = "rail") {
  renderOnDesk(<MemberMenu place={place} signOut={null} />, { member: { ...PRIYA, role } });
  await userEvent.click(screen.getByRole("button", { name: `Menu of Priya Nair, ${ROLE_NAMES[role]}` }));
}
const mailSwitch = () => screen.getByRole("menuitemcheckbox", { name: "Mail me when I am given a ticket" });
const isOn = () => mailSwitch().getAttribute("aria-checked") === "true";

describe("the switch for mail about hand-overs", () => {
  test("shows the member's own choice, which is read when the menu opens", async () => {
    answer(READ, preferences(true));
    await openMenu();
    await expect.poll(isOn).toBe(true);
    expect(askedFor(READ)).toHaveLength(1);
  });

  test("is switched by keyboard alone, and stays as the desk has stored it", async () => {
    await openMenu();
    await expect.poll(() => screen.queryByText("Loading")).toBeNull();
    answer(SAVE, () => {
      answer(READ, preferences(true));
      return ok(preferences(true));
    });
    mailSwitch().focus();
    await userEvent.keyboard("{Enter}");
    await expect.poll(isOn).toBe(true);
    expect(askedFor(SAVE)[0]?.body).toEqual({ mailOnHandover: true });
    await userEvent.keyboard("{Escape}{Enter}");
    await expect.poll(isOn).toBe(true);
  });

  test("is as before if the desk refuses, and says why", async () => {
    await openMenu();
    await expect.poll(() => screen.queryByText("Loading")).toBeNull();
    const held = heldAnswer();
    answer(SAVE, held.answering);
    await userEvent.click(mailSwitch());
    expect(isOn()).toBe(true);
    held.give(refusal(403, "forbidden", "You may look, but not change anything."));
    expect(await screen.findByText("You may look, but not change anything.")).toBeVisible();
    expect(isOn()).toBe(false);
  });

  test("changes nothing before the choice is read, and can be read again", async () => {
    answer(READ, () => "unreachable");
    await openMenu();
    expect(await screen.findByText("This choice can’t be loaded. Press it to try again.")).toBeVisible();
    answer(READ, preferences(true));
    await userEvent.click(mailSwitch());
    await expect.poll(isOn).toBe(true);
    expect(askedFor(SAVE)).toEqual([]);
  });

  test("says if the desk has no mail server", async () => {
    answer(READ, preferences(true, false));
    await openMenu();
    expect(await screen.findByText("The desk has no mail server yet, so it mails nobody.")).toBeVisible();
  });

  test("is not offered to a viewer, to whom nobody gives tickets", async () => {
    await openMenu("viewer");
    expect(screen.queryByRole("menuitemcheckbox", { name: /Mail me/ })).not.toBeInTheDocument();
    expect(askedFor(READ)).toEqual([]);
  });
});

describe("on a phone", () => {
  const places = () =>
    within(screen.getByRole("menu"))
      .getAllByRole("menuitem")
      .map((item) => item.getAttribute("href"));

  test("the menu leads to the team, and an admin also to settings and privacy", async () => {
    await openMenu("admin", "foot");
    expect(places()).toEqual(["/dashboard/team", "/dashboard/settings", "/dashboard/privacy"]);
  });

  test("the menu of a viewer leads to the team alone", async () => {
    await openMenu("viewer", "foot");
    expect(places()).toEqual(["/dashboard/team"]);
  });

  test("the rail's menu does not repeat what the rail has", async () => {
    await openMenu("admin");
    expect(places()).toEqual(["/dashboard/privacy"]);
  });
});
