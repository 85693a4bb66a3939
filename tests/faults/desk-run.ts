import { expect } from "vitest";
import { trusted } from "@/lib/store/db";
import { deliverStep } from "@/lib/outbound/deliver";
import { eventStep } from "@/lib/tickets/events";
import { Destination } from "@/models/DestinationModel";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { CardWatch } from "@/tests/support/cards/card-watch";
import type { CardDesk } from "@/tests/support/cards/cards";
import type { FaultySmtp } from "@/tests/support/smtp/faulty-smtp";
import {
  dieAfterRequest,
  dieAfterSending,
  dieBeforeRequest,
  dieBeforeSending,
} from "@/tests/support/desk/interrupted";
import { partsOf, type Act } from "./desk-acts";
import { customerWrites, mailOpens, mailsComeAgain } from "./desk-customers";
import {
  colleagueWrites,
  idIsGuessed,
  listCopyArrives,
  newsletterIsAnswered,
  otherWrites,
} from "./desk-others";
import { memberOf } from "./desk-team";
import { Handovers } from "./desk-handovers";
import { People } from "./desk-people";
import { expectNothingHidden } from "./desk-invariants";
import { replyFacts, tellThreads } from "./desk-notices";
import { absenceArrives, reportArrives } from "./desk-reports";
import { ExpectedDesk } from "./expected-desk";
import type { ExpectedTicket } from "./expected-ticket";

/** So long that no dialogue here runs out of time, even on a busy machine. */
const TIMEOUTS = { connectMs: 30_000, greetingMs: 30_000, silenceMs: 30_000, totalMs: 30_000 };

/** One run. Each act is done to the product and to the model, and the answers are compared. */
export class DeskRun {
  readonly expected = new ExpectedDesk();
  readonly deletedCards = new Set<string>();
  readonly watch: CardWatch;
  private readonly slow: Promise<unknown>[] = [];
  private readonly people = new People(this.expected);
  private readonly handovers = new Handovers(this.expected, this.people);
  private readonly time = { now: () => this.desk.clock.now(), wait: (ms: number) => this.wait(ms) };
  private isMailAway = false;
  private isDiscordAway = false;

  constructor(
    readonly desk: CardDesk,
    readonly smtp: FaultySmtp,
  ) {
    this.watch = new CardWatch(desk);
  }

  async perform(act: Act): Promise<void> {
    for (const part of partsOf(act)) {
      const before = await replyFacts();
      await this.happen(part);
      await this.expectSentStaysSent(before, part);
      await expectNothingHidden(this.expected);
    }
  }

  /** Ends every fault, lets every worker finish, and lets time pass until nothing is due. */
  async bringPeace(): Promise<void> {
    const { desk } = this;
    await this.endFaults();
    for (let due: Date | null = desk.clock.now(); due; due = await nextDelivery()) {
      desk.clock.advanceTo(due.getTime());
      while ((await deliverStep(desk.clock.now(), TIMEOUTS)).worked);
      await tellThreads(this.expected, desk.clock.now());
    }
    await expectNothingHidden(this.expected);
    await Destination.updateMany({}, { $set: { pausedReason: null, pausedAt: null } });
    await desk.settle();
    desk.landLateEdits();
    while ((await eventStep(desk.clock.now())).worked);
  }

  /** Brings the servers back, and lets every worker finish. */
  async endFaults(): Promise<void> {
    await this.setAway("smtp", false);
    await this.setAway("discord", false);
    this.smtp.behave();
    this.desk.discord.faults.clear();
    await this.letGo();
  }

  private async happen(act: Act): Promise<unknown> {
    const { desk, smtp, expected, people, handovers, time } = this;
    if ("ticket" in act) {
      const ticket = expected.tickets[act.ticket % Math.max(1, expected.tickets.length)];
      return ticket && this.happenTo(ticket, act);
    }
    switch (act.does) {
      case "mail":
        return mailOpens(act, expected, time);
      case "newsletter answered":
        return newsletterIsAnswered(act, expected, time);
      case "guess":
        return idIsGuessed(act, expected, time);
      case "bulk":
        return handovers.bulk(act);
      case "undo bulk":
        return handovers.undoBulk(act);
      case "release":
        return handovers.release(act);
      case "bulk undone":
        return; // `perform` ran its parts
      case "same key":
        return people.useKeyAgain(act);
      case "settle":
        return people.settle(act);
      case "report":
        return reportArrives(act, expected, time);
      case "ask again":
        return people.askAgain(act.call);
      case "deliver":
        await inParallel(act.workers, () => deliverStep(desk.clock.now(), TIMEOUTS));
        return tellThreads(expected, desk.clock.now());
      case "tell":
        return tellThreads(expected, desk.clock.now());
      case "cards":
        return inParallel(act.workers, () => desk.step());
      case "events":
        return inParallel(act.workers, () => eventStep(desk.clock.now()));
      case "delivery dies":
        return act.isSent ? dieAfterSending(desk.clock.now(), TIMEOUTS) : dieBeforeSending(desk.clock.now());
      case "slow delivery":
        return this.deliverSlowly(act.line);
      case "slow card":
        return this.showSlowly();
      case "let go":
        return this.letGo();
      case "card dies":
        return dieBeforeRequest(desk.clock.now());
      case "card dies after sending":
        return dieAfterRequest(desk);
      case "smtp":
        return smtp.behave(act.fault);
      case "discord":
        return desk.discord.faults.next(act.fault);
      case "away":
        return this.setAway(act.server, act.isAway);
      case "wait":
        return this.wait(act.ms);
    }
  }

  private happenTo(ticket: ExpectedTicket, act: Extract<Act, { ticket: number }>): Promise<unknown> {
    const { desk, expected, people, handovers, time } = this;
    switch (act.does) {
      case "customer writes":
        return customerWrites(act, ticket, expected, time);
      case "other writes":
        return otherWrites(act, ticket, expected, time);
      case "colleague writes":
        return colleagueWrites(act, memberOf(act.who), ticket, expected, time);
      case "list copy":
        return listCopyArrives(ticket, time);
      case "look":
        return people.look(ticket);
      case "change people":
        return people.changePeople(ticket, act);
      case "duplicate mail":
        return mailsComeAgain(ticket, time);
      case "claim":
        return people.claim(ticket, act);
      case "unclaim":
        return people.unclaim(ticket, act);
      case "set status":
        return people.setStatus(ticket, act);
      case "see":
        return people.see(ticket, act);
      case "absence":
        return absenceArrives(ticket, time);
      case "race":
        return people.race(ticket);
      case "give":
        return handovers.give(ticket, act);
      case "decline":
        return handovers.decline(ticket, act);
      case "reply":
        return people.reply(ticket, act);
      case "ask for card":
        return people.askForCard(ticket, act, desk);
      case "late edit":
      case "two change":
      case "hand over":
      case "answer comes back":
      case "doubt":
        return Promise.resolve(); // `perform` ran its parts
      case "delete card":
        for (const message of desk.messagesOf(ticket.id)) {
          this.deletedCards.add(message.id);
          desk.discord.channel.deleteMessage(message.id);
        }
        return Promise.resolve();
    }
  }

  /** A worker sends a reply; the mail server holds its answer back until `letGo`. */
  private async deliverSlowly(line: string): Promise<void> {
    this.smtp.behave({ at: "dot", do: "hold", line });
    const step = deliverStep(this.desk.clock.now(), TIMEOUTS);
    this.slow.push(step);
    await Promise.race([step, this.smtp.held()]);
    this.smtp.behave();
  }

  /** A worker sends a card; Discord shows it and holds its answer back until `letGo`. */
  private async showSlowly(): Promise<void> {
    const { desk } = this;
    const { faults } = desk.discord;
    const isHeld = faults.held().then(() => ({ worked: false }));
    const takeBack = faults.strike({ kind: "held" });
    for (let worked = true; worked;) {
      const step = desk.step();
      this.slow.push(step);
      ({ worked } = await Promise.race([step, isHeld]));
    }
    takeBack();
  }

  private async letGo(): Promise<void> {
    this.smtp.letGo();
    this.desk.discord.faults.letGo();
    await Promise.all(this.slow.splice(0));
  }

  private wait(ms: number): void {
    this.desk.clock.advance(ms);
  }

  private async setAway(server: "smtp" | "discord", isAway: boolean): Promise<void> {
    if (server === "smtp" && isAway !== this.isMailAway) {
      this.isMailAway = isAway;
      await (isAway ? this.smtp.stop() : this.smtp.start());
      // A server that goes away ends its held dialogues; their outcomes must be recorded before the next look.
      if (isAway) await this.letGo();
    }
    if (server === "discord" && isAway !== this.isDiscordAway) {
      this.isDiscordAway = isAway;
      await (isAway ? this.desk.discord.goAway() : this.desk.discord.comeBack());
    }
  }

  /** A sent reply stays sent, unless a report says that it came back. */
  private async expectSentStaysSent(before: Awaited<ReturnType<typeof replyFacts>>, act: Act): Promise<void> {
    const now = await replyFacts();
    for (const [id, { state }] of before) {
      if (state !== "sent") continue;
      expect(act.does === "report" ? ["sent", "came_back"] : ["sent"]).toContain(now.get(id)?.state);
    }
  }
}

function inParallel<Value>(times: number, work: () => Promise<Value>): Promise<Value[]> {
  return Promise.all(Array.from({ length: times }, work));
}

/** Next time a reply is due or its lease ends, or null. */
async function nextDelivery(): Promise<Date | null> {
  const states = { state: trusted({ $in: ["queued" as const, "sending" as const] }) };
  const rows = await EmailMessage.find(states).lean<StoredMessage[]>();
  const times = rows.map(({ dueAt }) => dueAt);
  return times.sort((a, b) => (a?.getTime() ?? 0) - (b?.getTime() ?? 0))[0] ?? null;
}
