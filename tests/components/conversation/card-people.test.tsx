import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import { Conversation } from "@/components/conversation/Conversation";
import type { People } from "@/components/conversation/people";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { conversation, line, mail, replyBy } from "@/tests/support/factories/conversations";
import { MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const LENA = {
  address: "lena@hoffmann.example",
  name: "Lena Hoffmann",
  role: "customer",
  problem: null,
} as const;
const ODA = {
  address: "oda@books.example",
  name: "Oda Berg",
  messageId: "f".repeat(64),
  why: "wrote",
} as const;
const ofOda = { from: ODA.address, fromName: ODA.name, isNewcomer: true };

function show(message: TicketMessage, people: Partial<People> = {}): void {
  const detail = { ...conversation([message]), ...people };
  renderOnDesk(<Conversation detail={detail} refresh={async () => {}} />);
}

const card = (name: string) => within(screen.getByRole("article", { name }));

describe("the head of a mail", () => {
  test("names the writer, not the no-reply address that the mail came through", () => {
    show(mail("Hi", { from: "greta@holm.example", fromName: "Greta Holm", via: "no-reply@shop.example" }));
    const head = card("Mail from Greta Holm");
    expect(head.getByText("Greta Holm")).toBeVisible();
    expect(head.getByText(/^via/)).toHaveTextContent("via no-reply@shop.example");
    expect(head.getByText(/^greta@/).closest("p")).toHaveTextContent("greta@holm.example to support@");
  });

  test("shows To and Cc, with the names that the conversation knows", () => {
    const tove = {
      address: "Tove@nordkai.example",
      name: "Tove Lund",
      role: "copied",
      problem: null,
    } as const;
    const message = mail("Hi", {
      to: ["support@desk.example", "ann@hoffmann.example"],
      cc: ["tove@nordkai.example"],
    });
    show(message, { participants: [LENA, tove] });
    expect(screen.getByText(/^lena@/).closest("p")).toHaveTextContent(
      "lena@hoffmann.example to support@, ann@hoffmann.example, Cc Tove Lund",
    );
    expect(screen.getByText("Tove Lund")).toHaveAttribute("title", "tove@nordkai.example");
  });

  test("says to whom a reply went", () => {
    show(replyBy(MAYA, "Done.", { cc: ["accounts@kowal.example"] }));
    expect(card("Reply by You").getByText("Lena Hoffmann").closest("p")).toHaveTextContent(
      /^to Lena Hoffmann, Cc accounts@kowal\.example$/,
    );
  });

  test("folds a long list of recipients, and opens it on a press", async () => {
    const cc = Array.from({ length: 15 }, (_, index) => `copied${index}@crowd.example`);
    show(mail("Hi", { cc }));
    expect(screen.queryByText("copied3@crowd.example")).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "and 12 more" }));
    for (const address of cc) expect(screen.getByText(address)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Show fewer" }));
    expect(screen.queryByText("copied14@crowd.example")).not.toBeInTheDocument();
  });
});

describe("a mail of somebody who was not in the conversation", () => {
  test("says that they are new and not addressed", () => {
    show(mail("Hi", ofOda), { newcomers: [ODA] });
    expect(card("Mail from Oda Berg").getByText("New here, not addressed")).toBeVisible();
  });

  test("says nothing any more once a member has added them", () => {
    const added = { address: "Oda@Books.example", name: "Oda Berg", role: "member", problem: null } as const;
    show(mail("Hi", ofOda), { participants: [LENA, added] });
    expect(screen.queryByText(/addressed/)).not.toBeInTheDocument();
  });

  test("still says that they are not addressed after a member has dismissed them", () => {
    show(mail("Hi", ofOda));
    expect(screen.getByText("Not addressed")).toBeVisible();
  });

  test("is named in the line that says it opened the ticket again", () => {
    const message = mail("Hi", ofOda);
    const reopened = line({
      kind: "customer_replied",
      messageId: message._id,
      statusFrom: "waiting",
      statusTo: "open",
    });
    const detail = conversation([message], {}, [reopened]);
    renderOnDesk(<Conversation detail={detail} refresh={async () => {}} />);
    expect(screen.getByText(/made this Open again/)).toHaveTextContent(/^Oda’s answer/);
  });
});

describe("the sender's verification", () => {
  test("warns beside the name if it failed, and explains it on a press", async () => {
    show(mail("Hi", { verification: "not_verified" }));
    const warning = screen.getByRole("button", { name: "Sender not verified" });
    const reason = screen.getByText(/^The sender’s domain does not vouch for this mail\. Be careful/);
    expect(reason).not.toBeVisible();
    await userEvent.click(warning);
    expect(reason).toBeVisible();
    expect(warning).toHaveAttribute("aria-expanded", "true");
  });

  test.each(["verified", "unchecked"] as const)("says nothing about a mail that is %s", (verification) => {
    show(mail("Hi", { verification }));
    expect(screen.queryByText(/verified/)).not.toBeInTheDocument();
  });

  test("says that a mail with a colleague's address is only claimed to be theirs", () => {
    const forged = mail("Hi", {
      from: PRIYA.email,
      fromName: "Priya Nair",
      authorName: "Priya Nair",
      verification: "not_verified",
    });
    show(forged);
    const forgery = card("Mail from Priya Nair");
    expect(forgery.getByRole("button", { name: "Claims to be Priya; not verified" })).toBeVisible();
    expect(forgery.queryByText("by mail")).not.toBeInTheDocument();
    expect(forgery.getByText(/^priya@/).closest("p")).toHaveTextContent("priya@team.example to support@");
  });
});

describe("a colleague's mail", () => {
  const ofPriya = {
    from: PRIYA.email,
    fromName: "P. Nair",
    authorId: PRIYA.id,
    authorName: PRIYA.name,
    verification: "verified",
  } as const;

  test("is shown as theirs, by mail, without a delivery", () => {
    show(mail("I called Lena.", { ...ofPriya, state: "sent" }));
    const theirs = card("Mail from Priya Nair");
    expect(theirs.getByText("by mail")).toBeVisible();
    expect(theirs.queryByText("Sent")).not.toBeInTheDocument();
    expect(theirs.queryByText(/addressed|verified/)).not.toBeInTheDocument();
  });

  test("looks like a reply", () => {
    renderOnDesk(
      <Conversation
        detail={conversation([replyBy(PRIYA, "A reply."), mail("A mail.", ofPriya), mail("A question.")])}
        refresh={async () => {}}
      />,
    );
    const look = (name: string) => screen.getByRole("article", { name }).className;
    expect(look("Mail from Priya Nair")).toBe(look("Reply by Priya Nair"));
    expect(look("Mail from Lena Hoffmann")).not.toBe(look("Reply by Priya Nair"));
  });

  test("is the reader's own if they wrote it", () => {
    show(mail("I called Lena.", { ...ofPriya, authorId: MAYA.id, authorName: MAYA.name }));
    expect(card("Mail from You").getByText("You")).toBeVisible();
  });
});

describe("a reply that some recipients' servers refused", () => {
  const refused = replyBy(MAYA, "Done.", {
    cc: ["jill@stone.example"],
    undelivered: [{ address: "jill@stone.example", detail: "550 5.1.1 <script>No such user" }],
  });

  test("names them, with the server's words as a quote", () => {
    show(refused);
    const reply = card("Reply by You");
    expect(reply.getByText(/^Not delivered to/)).toHaveTextContent("Not delivered to jill@stone.example:");
    expect(reply.getByText("550 5.1.1 <script>No such user").tagName).toBe("BLOCKQUOTE");
    expect(reply.getByText("Not sent to all")).toBeVisible();
    expect(reply.queryByText("Sent")).not.toBeInTheDocument();
  });

  test("says nothing if it reached everybody", () => {
    show({ ...refused, undelivered: [] });
    expect(card("Reply by You").getByText("Sent")).toBeVisible();
    expect(screen.queryByText(/Not delivered/)).not.toBeInTheDocument();
  });
});
