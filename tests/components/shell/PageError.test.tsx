import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { PageError } from "@/components/shell/PageError";
import { renderOnDesk } from "@/tests/support/screen/on-desk";

test("a page that failed can be rendered again from the server", async () => {
  let resets = 0;
  const { refreshes } = renderOnDesk(<PageError reset={() => (resets += 1)} />);
  expect(screen.getByRole("alert")).toHaveTextContent("This page can’t be shown right now");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect([resets, refreshes()]).toEqual([1, 1]);
});
