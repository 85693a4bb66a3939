import { render, screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { DemoPicker } from "@/components/auth/DemoPicker";

const PEOPLE = [
  { id: "user_demo_maya", name: "Maya Lindqvist", role: "admin", held: 3 },
  { id: "user_demo_priya", name: "Priya Nair", role: "member", held: 1 },
  { id: "user_demo_tomas", name: "Tomás Rivera", role: "member", held: 0 },
] as const;

describe("DemoPicker", () => {
  test("offers each person by name, role and number of tickets", () => {
    render(<DemoPicker people={[...PEOPLE]} next="/dashboard/tickets/mine" />);
    expect(screen.getByRole("heading", { name: "Who’s at the desk?" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Maya Lindqvist Admin · holds 3 tickets" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Priya Nair Member · holds 1 ticket" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Tomás Rivera Member · holds no tickets" })).toBeVisible();
  });

  test("signs in with a plain form that carries the person and the page to return to, so that it works without scripts", () => {
    render(<DemoPicker people={[...PEOPLE]} next="/reply/65f000000000000000000001" />);
    const [, priya] = screen.getAllByRole("listitem");
    const button = within(priya ?? document.body).getByRole<HTMLButtonElement>("button");
    const form = button.form;
    expect(form).toHaveAttribute("method", "post");
    expect(form).toHaveAttribute("action", "/api/demo/session");
    expect([...new FormData(form ?? undefined, button)]).toEqual([
      ["next", "/reply/65f000000000000000000001"],
      ["member", "user_demo_priya"],
    ]);
  });
});
