import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { SettingsScreen } from "@/components/settings/SettingsScreen";
import type { SettingsResponse } from "@/lib/api/contracts";
import { answer, askedFor, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { NO_COUNTS, renderOnDesk } from "@/tests/support/screen/on-desk";

const SAVE = "PUT /api/settings";
const KEEP: SettingsResponse = {
  retention: { rawMailDays: null, closedBodiesDays: null },
  handover: { membersAssignUnassigned: false },
  revision: 0,
};
const MONTH: SettingsResponse = {
  ...KEEP,
  retention: { rawMailDays: 30, closedBodiesDays: null },
  revision: 4,
};

beforeEach(() => {
  sessionStorage.clear();
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  answer("GET /api/settings", KEEP);
});

function open(settings: SettingsResponse = KEEP) {
  answer("GET /api/settings", settings);
  return renderOnDesk(<SettingsScreen initial={settings} />);
}
/** The desk saves the change, and has `saved` from then on. */
function answerSaved(saved: SettingsResponse) {
  answer(SAVE, () => {
    answer("GET /api/settings", saved);
    return ok(saved);
  });
}
const raw = () => screen.getByLabelText("Mails as they arrived");
const everyMember = () => screen.getByRole("radio", { name: "Every member" });
const onlyAdmins = () => screen.getByRole("radio", { name: "Only admins" });
const button = (name: string) => screen.queryByRole("button", { name });
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const question = () => screen.queryByRole("dialog", { name: "Keep mails for a shorter time?" });

describe("the settings", () => {
  test("show the rules as they are set, with nothing to save", () => {
    open(MONTH);
    expect(screen.getByRole("group", { name: /Who may give an unassigned ticket/ })).toBeInTheDocument();
    expect(onlyAdmins()).toBeChecked();
    expect(raw()).toHaveValue("30");
    expect(button("Save")).not.toBeInTheDocument();
    expect(button("Discard")).not.toBeInTheDocument();
  });

  test("say a change in words, save it alone with the revision seen, and say that it is saved", async () => {
    open();
    await userEvent.click(everyMember());
    expect(
      screen.getByText(
        "1 change is not saved: every member may give an unassigned ticket to somebody else. It will be recorded with your name.",
      ),
    ).toBeInTheDocument();
    answerSaved({ ...KEEP, handover: { membersAssignUnassigned: true }, revision: 1 });
    await press("Save");
    expect(await screen.findByText("Saved.")).toBeInTheDocument();
    expect(askedFor(SAVE)[0]?.body).toEqual({ handover: { membersAssignUnassigned: true }, revision: 0 });
    expect(everyMember()).toBeChecked();
    expect(button("Save")).not.toBeInTheDocument();
  });

  test("save several changes in one request, after the question if one is a shorter time", async () => {
    open(MONTH);
    await userEvent.click(everyMember());
    await userEvent.clear(raw());
    await userEvent.type(raw(), "7");
    expect(
      screen.getByText(/^2 changes are not saved: .*kept 7 days instead of 30 days\./),
    ).toBeInTheDocument();
    answer(SAVE, { ...KEEP, revision: 5 });
    await press("Save");
    expect(question()).toHaveTextContent(
      "Mails as they arrived are kept 7 days instead of 30 days. Everything that is older is removed within minutes. Nobody can undo it.",
    );
    await press("Shorten");
    expect(askedFor(SAVE).map(({ body }) => body)).toEqual([
      {
        handover: { membersAssignUnassigned: true },
        retention: { rawMailDays: 7, closedBodiesDays: null },
        revision: 4,
      },
    ]);
  });

  test("mark each changed field, and no other", async () => {
    open();
    await userEvent.type(raw(), "7");
    expect(raw()).toHaveAttribute("data-changed");
    expect(screen.getByLabelText("Texts and files of closed tickets")).not.toHaveAttribute("data-changed");
    await userEvent.clear(raw());
    expect(raw()).not.toHaveAttribute("data-changed");
  });

  test("are as before after Discard", async () => {
    open(MONTH);
    await userEvent.click(everyMember());
    await userEvent.clear(raw());
    await press("Discard");
    expect(onlyAdmins()).toBeChecked();
    expect(raw()).toHaveValue("30");
    expect(button("Save")).not.toBeInTheDocument();
    expect(askedFor(SAVE)).toEqual([]);
  });

  test("keep a change that is not saved while the admin is on another page, and the browser asks before it is closed", async () => {
    const { unmount } = open(MONTH);
    await userEvent.clear(raw());
    await userEvent.type(raw(), "60");
    unmount();
    open(MONTH);
    expect(raw()).toHaveValue("60");
    expect(screen.getByText(/^1 change is not saved: .*kept 60 days instead of 30 days\./)).toBeVisible();
    const closing = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    expect(closing()).toBe(true);
    await press("Discard");
    expect(closing()).toBe(false);
  });

  test("that somebody else set exactly so meanwhile are no longer called unsaved", async () => {
    open();
    await userEvent.click(everyMember());
    const theirs = { ...KEEP, handover: { membersAssignUnassigned: true }, revision: 1 };
    answer("GET /api/settings", theirs);
    answer(SAVE, () => refusal(409, "changed_meanwhile", "Somebody else did.", { settings: theirs }));
    await press("Save");
    expect(await screen.findByText("Somebody else has set exactly this meanwhile.")).toBeVisible();
    expect(everyMember()).toBeChecked();
    expect(screen.queryByText(/not saved/i)).not.toBeInTheDocument();
    expect(button("Save")).not.toBeInTheDocument();
  });

  test("that somebody else changed meanwhile keep the own change beside what is set now", async () => {
    open();
    await userEvent.click(everyMember());
    await userEvent.type(raw(), "60");
    const theirs = { ...MONTH, revision: 1 };
    answer("GET /api/settings", theirs);
    answer(SAVE, () =>
      refusal(409, "changed_meanwhile", "Somebody else changed the settings meanwhile.", {
        settings: theirs,
      }),
    );
    await press("Save");
    await press("Shorten");
    expect(
      await screen.findByText(
        /^Somebody else changed the settings meanwhile\. Not saved: every member may give .*60 days instead of 30 days\./,
      ),
    ).toBeInTheDocument();
    expect(raw()).toHaveValue("60");
    expect(screen.getByText("days, now 30 days")).toBeVisible();
    expect(everyMember()).toBeChecked();
    expect(screen.getByText("set now").closest("label")).toHaveTextContent("Only admins");
    answerSaved({ ...theirs, handover: { membersAssignUnassigned: true }, revision: 2 });
    await press("Save");
    expect(await screen.findByText("Saved.")).toBeInTheDocument();
    expect(askedFor(SAVE)[1]?.body).toMatchObject({ revision: 1 });
  });

  test("keep the change if the desk cannot be reached, and save it once it can", async () => {
    open();
    const held = heldAnswer();
    answer(SAVE, held.answering);
    await userEvent.click(everyMember());
    await press("Save");
    expect(screen.getByRole("button", { name: /Saving/ })).toHaveAttribute("aria-disabled", "true");
    answerSaved({ ...KEEP, handover: { membersAssignUnassigned: true }, revision: 1 });
    held.give("unreachable");
    expect(await screen.findByText("Saved.", {}, { timeout: 5_000 })).toBeInTheDocument();
    expect(new Set(askedFor(SAVE).map(({ headers }) => headers.get("idempotency-key"))).size).toBe(1);
  });

  test("are changed by keyboard alone", async () => {
    open();
    answerSaved({ ...KEEP, handover: { membersAssignUnassigned: true }, revision: 1 });
    onlyAdmins().focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(everyMember()).toBeChecked();
    await userEvent.tab();
    await userEvent.keyboard("{Enter}"); // in a field, it saves
    expect(await screen.findByText("Saved.")).toBeInTheDocument();
  });

  test("that cannot be loaded say so, and can be tried again", async () => {
    answer("GET /api/settings", () => "unreachable");
    renderOnDesk(<SettingsScreen />);
    expect(screen.getByText("Loading the settings")).toBeInTheDocument();
    expect(await screen.findByText("The settings can’t be loaded")).toBeInTheDocument();
    answer("GET /api/settings", KEEP);
    await press("Try again");
    expect(await screen.findByLabelText("Mails as they arrived")).toBeInTheDocument();
  });

  test("lead to the team's page for its members", () => {
    open();
    expect(screen.getByRole("link", { name: "Team" })).toHaveAttribute("href", "/dashboard/team");
  });
});

describe("keeping mail", () => {
  test("is for good again once the number is taken out", async () => {
    const set = { ...MONTH, retention: { rawMailDays: 30, closedBodiesDays: 90 } };
    open(set);
    await userEvent.clear(screen.getByLabelText("Texts and files of closed tickets"));
    answer(SAVE, { ...MONTH, revision: 5 });
    await press("Save");
    expect(askedFor(SAVE)[0]?.body).toEqual({ retention: MONTH.retention, revision: 4 });
  });

  test.each([
    ["a time for one that was for good", "Texts and files of closed tickets", "90"],
    ["a shorter time", "Mails as they arrived", "29"],
  ])("asks once before %s is saved, and saves nothing after Cancel", async (_, label, days) => {
    answer(SAVE, { ...MONTH, revision: 5 });
    open(MONTH);
    await userEvent.clear(screen.getByLabelText(label));
    await userEvent.type(screen.getByLabelText(label), days);
    await press("Save");
    expect(question()).toHaveTextContent("Nobody can undo it.");
    await press("Cancel");
    expect(question()).not.toBeInTheDocument();
    expect(screen.getByLabelText(label)).toHaveValue(days);
    expect(askedFor(SAVE)).toEqual([]);
    await press("Save");
    await press("Shorten");
    expect(question()).not.toBeInTheDocument();
    expect(askedFor(SAVE)).toHaveLength(1);
  });

  test("is saved at once if it is longer", async () => {
    answer(SAVE, { ...MONTH, revision: 5 });
    open(MONTH);
    await userEvent.type(raw(), "0");
    await press("Save");
    expect(question()).not.toBeInTheDocument();
    expect(askedFor(SAVE)[0]?.body).toMatchObject({ retention: { rawMailDays: 300 } });
  });

  test.each(["--", "0", "1.5", "3651", "1e2"])(
    "for %s days says what is wrong, and is not saved",
    async (days) => {
      open();
      await userEvent.type(raw(), days);
      expect(screen.getByText(/Enter whole days from 1 to 3650/)).toBeInTheDocument();
      expect(raw()).toBeInvalid();
      await userEvent.type(raw(), "{Enter}");
      expect(question()).not.toBeInTheDocument();
      expect(askedFor(SAVE)).toEqual([]);
    },
  );
});
