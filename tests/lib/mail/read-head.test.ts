import { describe, expect, test } from "vitest";
import { parseMail } from "@/lib/mail/parse";
import { rawMail } from "@/tests/support/factories/inbound-mails";

/** The head of a mail with these fields, whose characters stand for bytes. */
async function headOf(header: Record<string, string | null>) {
  return (await parseMail(rawMail({ header }), "of the ledger")).head;
}
const utf8 = (text: string) => Buffer.from(text).toString("latin1");
const person = (address: string, name: string | null = null) => ({ address, name });

describe("the people of a head", () => {
  test.each([
    ["Rita Moor, PhD <rita@moor.example>", person("rita@moor.example", "Rita Moor, PhD")],
    ["=?iso-8859-1?Q?Stra=DFer=2C_Ina?= <ina@weg.example>", person("ina@weg.example", "Straßer, Ina")],
    ['"Front Desk" <"front desk"@inn.example>', person('"front desk"@inn.example', "Front Desk")],
    ['"front desk"@inn.example', person('"front desk"@inn.example')],
    [utf8("Björn <björn@bär.example>"), person("björn@xn--br-via.example", "Björn")],
    ["Bj\xf6rn <bjorn@bar.example>", person("bjorn@bar.example", "Björn")],
    ["runner@build_1.ink.example", person("runner@build_1.ink.example")],
    ["ann@farm.example.", person("ann@farm.example")],
    ['"Ann" <>, "Bea" <bea@farm.example>', person("bea@farm.example", "Bea")],
    ["Ann < >, Rita Moor, PhD <rita@moor.example>", person("rita@moor.example", "Rita Moor, PhD")],
    ["Team: ann@farm.example, Bea <bea@farm.example>;", person("ann@farm.example")],
  ])("reads the sender of %j", async (from, expected) => {
    const { from: sender, senders } = await headOf({ From: from });
    expect(sender).toEqual(expected);
    expect(senders[0]).toEqual(expected);
  });

  test("are each there once, from groups and repeated fields too, with the first name that they come with", async () => {
    const { to, cc } = await headOf({
      To: "Team: ann@farm.example, Bea <bea@farm.example>;, ann@FARM.example.",
      Cc: "ann@farm.example, Ann Lee <ann@farm.example>\r\nCc: Cleo <cleo@farm.example>",
    });
    expect(to).toEqual([person("ann@farm.example"), person("bea@farm.example", "Bea")]);
    expect(cc).toEqual([person("ann@farm.example", "Ann Lee"), person("cleo@farm.example", "Cleo")]);
  });

  test("has every address of Reply-To", async () => {
    const { replyTo } = await headOf({
      "Reply-To": "Ann <ann@farm.example>, bea@farm.example\r\nReply-To: cleo@farm.example",
    });
    expect(replyTo.map(({ address }) => address)).toEqual([
      "ann@farm.example",
      "bea@farm.example",
      "cleo@farm.example",
    ]);
  });

  test.each([
    [{ "X-Original-From": "Ann Lee <ann@farm.example>", "X-Original-Sender": "x@y.example" }, "Ann Lee"],
    [{ "X-Original-Sender": "ann@farm.example" }, null],
    [{ "X-Original-From": "no address", "X-Original-Sender": "ann@farm.example" }, null],
  ])("has the original sender of %j", async (header, name) => {
    expect((await headOf(header)).original).toEqual(person("ann@farm.example", name));
  });

  test("has no original sender if no field names one", async () => {
    expect((await headOf({})).original).toBeNull();
  });
});

describe("the list of a head", () => {
  test.each([
    [{ "List-Post": "<mailto:Team@Lists.example>", "List-Id": "The Team <team.lists.example>" }, "team"],
    [{ "List-Post": "<https://x.example>, <mailto:team@lists.example?subject=hi>" }, "team, no id"],
    [{ "Mailing-List": "list team@lists.example; contact team-owner@lists.example" }, "team, no id"],
    [{ "List-Post": "NO", "List-Id": "<Team.lists.example> (ours)" }, "id only"],
    [{ "List-Id": "team.lists.example" }, "id only"],
    [{ "List-Id": '"The <old> team"\r\n <team.lists.example>' }, "id only"],
    [{ "List-Id": "<team.lists.example>\r\nList-Id: <other.lists.example>" }, "id only"],
  ] as const)("is read from %j", async (header, kind) => {
    expect((await headOf(header)).list).toEqual({
      address: kind === "id only" ? null : "team@lists.example",
      id: kind === "team, no id" ? null : "team.lists.example",
    });
  });

  test("is null for other mail", async () => expect((await headOf({})).list).toBeNull());
});

describe("the Message-IDs of a head", () => {
  test.each([
    ["<one@farm.example>", "one@farm.example"],
    ["one@farm.example", "one@farm.example"],
    ["<20261127.ABC.mailer>", "20261127.ABC.mailer"],
    ["20261127.ABC.mailer", "20261127.ABC.mailer"],
    ["<00$a@host@farm.example>", "00$a@host@farm.example"],
    ["<one two@farm.example>", "onetwo@farm.example"],
    [null, null],
  ])("reads %j as %j", async (id, expected) => {
    expect((await headOf({ "Message-ID": id })).messageId).toBe(expected);
  });

  test("take no words of In-Reply-To for an id", async () => {
    const { inReplyTo } = await headOf({ "In-Reply-To": "Your message of Monday" });
    expect(inReplyTo).toEqual([]);
  });
});

test("a head has the results of the topmost ten servers, each cut", async () => {
  const results = Array.from({ length: 12 }, (_, index) => `mx${index}.example;\r\n\tdkim=pass (é)`);
  const { authenticationResults } = await headOf({
    "Authentication-Results": [...results.slice(0, 11), "x".repeat(9_000)].join(
      "\r\nAuthentication-Results: ",
    ),
  });
  expect(authenticationResults).toHaveLength(10);
  expect(authenticationResults[0]).toBe("mx0.example; dkim=pass (é)");
  const [long] = (await headOf({ "Authentication-Results": "x".repeat(9_000) })).authenticationResults;
  expect(long).toHaveLength(4_000);
});
