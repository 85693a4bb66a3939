import { screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { RowText } from "@/components/tickets/RowText";
import { renderOnDesk, ticket } from "@/tests/support/screen/on-desk";

describe("the row of a ticket in which somebody new wrote", () => {
  test("says so beside the customer, who stays the one that is named", () => {
    const row = ticket({ hasNewcomer: true, from: "lena@hoffmann.example", fromName: "Lena Hoffmann" });
    renderOnDesk(<RowText ticket={row} weight="seen" chip={null} />);
    expect(screen.getByText("Lena Hoffmann")).toBeVisible();
    expect(screen.getByText("New here")).toBeVisible();
  });

  test("says nothing for other tickets, nor once somebody else holds it", () => {
    renderOnDesk(
      <>
        <RowText ticket={ticket()} weight="new" chip={null} />
        <RowText ticket={ticket({ hasNewcomer: true })} weight="settled" chip={null} />
      </>,
    );
    expect(within(document.body).queryByText("New here")).not.toBeInTheDocument();
  });
});
