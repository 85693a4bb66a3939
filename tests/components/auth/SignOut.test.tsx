import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { SignOut } from "@/components/auth/SignOut";

test("signing out of the demo is a plain form", () => {
  render(<SignOut mode="demo" />);
  const form = screen.getByRole<HTMLButtonElement>("button", { name: "Sign out" }).form;
  expect(form).toHaveAttribute("method", "post");
  expect(form).toHaveAttribute("action", "/api/demo/sign-out");
});
