import { render, screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { CustomerAvatar, Avatar } from "@/components/ui/Avatar";
import { firstNameOf, initialsOf, tintOf } from "@/components/ui/people";

describe("tintOf", () => {
  test("never changes for a member", () => {
    expect(["user_demo_maya", "user_demo_priya", "user_demo_tomas", "user_2abc123"].map(tintOf)).toEqual([
      1, 2, 3, 5,
    ]);
  });

  test("uses all five tints, about evenly", () => {
    const counts = new Map<number, number>();
    for (let member = 0; member < 1_000; member += 1) {
      const tint = tintOf(`user_${member}`);
      counts.set(tint, (counts.get(tint) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(Math.min(...counts.values())).toBeGreaterThan(140);
  });
});

test.each([
  ["Maya Lindqvist", "ML"],
  ["Tomás de la Rivera", "TR"],
  ["priya", "P"],
  ["old@archive.example", "O"],
  ["lena.hoffmann@keramik.example", "LH"],
  ["Ângela Öztürk", "ÂÖ"],
  ["山田 太郎", "山太"],
  ["😀", "?"],
  ["", "?"],
])("the avatar of %j shows %s", (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

test("a sentence calls people by their first name", () => {
  expect(["Priya Nair", "maya@team.example", "Bo"].map(firstNameOf)).toEqual(["Priya", "maya", "Bo"]);
});

test("an avatar without a name beside it has the name as its label", () => {
  render(<Avatar member={{ id: "user_priya", name: "Priya Nair" }} alone />);
  expect(screen.getByRole("img", { name: "Priya Nair" })).toHaveTextContent("PN");
});

test("customers are square, the team is round", () => {
  const { container } = render(
    <>
      <Avatar member={{ id: "user_priya", name: "Priya Nair" }} />
      <CustomerAvatar name="Lena Hoffmann" />
    </>,
  );
  const [member, customer] = container.children;
  expect(member).toHaveClass("rounded-full");
  expect(customer).not.toHaveClass("rounded-full");
});
