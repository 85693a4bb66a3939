import { beforeEach, expect, test } from "vitest";
import type { SettingsRequest } from "@/lib/api/contracts";
import { changeSettings, readSettings } from "@/lib/team/settings";
import { readHandoverRules } from "@/lib/tickets/handover-rules";
import { AuditEvent } from "@/models/AuditEventModel";
import { Setting } from "@/models/SettingModel";
import { admin } from "@/tests/support/factories/threads";

const [maya, ines] = [admin("Maya"), admin("Ines")];
const MONTH = { rawMailDays: 30, closedBodiesDays: null };
const KEEP = { rawMailDays: null, closedBodiesDays: null };
const EVERYBODY = { membersAssignUnassigned: true };
const ADMINS = { membersAssignUnassigned: false };

beforeEach(async () => {
  await Promise.all([Setting.deleteMany({}), AuditEvent.deleteMany({})]);
});

const change = (request: SettingsRequest, by = maya, op?: string) => changeSettings(request, by, op);
const audit = async () => {
  const events = await AuditEvent.find().sort({ subject: 1 }).lean();
  return events.map(({ subject, by, details }) => ({ subject, by: by?.id, ...details }));
};

test("keeps everything and lets only admins assign, until somebody changes that", async () => {
  expect(await readSettings()).toEqual({ retention: KEEP, handover: ADMINS, revision: 0 });
});

test("a part that is not given stays as it is", async () => {
  await change({ handover: EVERYBODY, revision: 0 });
  expect(await readSettings()).toEqual({ retention: KEEP, handover: EVERYBODY, revision: 1 });
  await change({ retention: MONTH, revision: 1 });
  expect(await readSettings()).toEqual({ retention: MONTH, handover: EVERYBODY, revision: 2 });
  await change({ handover: ADMINS, revision: 2 });
  expect(await readSettings()).toEqual({ retention: MONTH, handover: ADMINS, revision: 3 });
});

test("the rule for hand-overs counts as soon as it is saved", async () => {
  expect(await readHandoverRules()).toEqual(ADMINS);
  await change({ handover: EVERYBODY, revision: 0 });
  expect(await readHandoverRules()).toEqual(EVERYBODY);
});

test("both parts in one call are each recorded with before and after", async () => {
  const outcome = await change({ retention: MONTH, handover: EVERYBODY, revision: 0 });
  expect(outcome).toEqual({ ok: true, value: { retention: MONTH, handover: EVERYBODY, revision: 1 } });
  expect(await audit()).toEqual([
    { subject: "handover", by: maya.id, before: ADMINS, after: EVERYBODY },
    { subject: "retention", by: maya.id, before: KEEP, after: MONTH },
  ]);
});

test("a part that is not given is not recorded", async () => {
  await change({ handover: EVERYBODY, revision: 0 });
  expect(await audit()).toEqual([{ subject: "handover", by: maya.id, before: ADMINS, after: EVERYBODY }]);
});

test("of two admins at once one changes the settings, and the other learns what is set", async () => {
  const outcomes = await Promise.all([
    change({ handover: EVERYBODY, revision: 0 }, maya),
    change({ retention: MONTH, revision: 0 }, ines),
  ]);
  expect(outcomes.map(({ ok }) => ok).sort()).toEqual([false, true]);
  const settings = await readSettings();
  expect(outcomes.find(({ ok }) => !ok)).toMatchObject({
    failure: { reason: "changed_meanwhile", settings },
  });
  expect(settings.revision).toBe(1);
  expect(await audit()).toHaveLength(1);
});

test("a change that is sent again with its operation is carried out and recorded once", async () => {
  const request = { handover: EVERYBODY, revision: 0 };
  const first = await change(request, maya, "op-1");
  expect(await change(request, maya, "op-1")).toEqual(first);
  expect(await audit()).toHaveLength(1);
});

test("a row stored before there were rules for hand-overs has the default ones, and takes new ones", async () => {
  await Setting.collection.insertOne({ _id: "team" as never, retention: MONTH, revision: 4, op: "old" });
  expect(await readSettings()).toEqual({ retention: MONTH, handover: ADMINS, revision: 4 });
  expect(await change({ handover: EVERYBODY, revision: 4 })).toMatchObject({ ok: true });
  expect(await readSettings()).toEqual({ retention: MONTH, handover: EVERYBODY, revision: 5 });
  expect(await audit()).toEqual([{ subject: "handover", by: maya.id, before: ADMINS, after: EVERYBODY }]);
});
