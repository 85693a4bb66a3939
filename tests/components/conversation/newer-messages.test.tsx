import { expect, test } from "vitest";
import { messagesAfter, newestShown, whoWrote } from "@/components/conversation/newer-messages";
import { mail, person } from "@/tests/support/factories/conversations";
import { MAYA, PRIYA } from "@/tests/support/screen/on-desk";

const first = mail("The kiln is broken.");
const declined = mail("", {
  direction: "notice",
  automatic: true,
  declined: { by: person(PRIYA), givenBy: person(MAYA), reason: "I know nothing about kilns" },
});
const absence = mail("I am away until Monday.", { automatic: true });

test("that somebody declined the ticket is something to be seen, and an automatic mail is not", () => {
  const messages = [first, declined, absence];
  expect(messagesAfter(messages, first._id)).toEqual([declined]);
  expect(whoWrote([declined], MAYA.id, messages)).toBe("Priya declined it");
  // The newest message of the ticket is one that the page does not show yet.
  expect(newestShown({ lastMessageId: "f".repeat(64) }, messages)).toBe(declined._id);
});
