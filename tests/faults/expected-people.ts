import type { Recipients } from "@/lib/api/vocabulary";
import type { PeopleChange } from "./expected-desk";

type Writing = {
  /** Where the mail asks to be answered. */
  replyTo?: string | null;
  /** Whom else the mail is addressed to. */
  copies?: string[];
  /** The check of the sender failed. */
  isForged?: boolean;
};

/** Who is in a ticket and whom a reply goes to, by the rules alone: addresses without names, checks or storage. */
export class ExpectedPeople {
  /** Everybody who was the customer once, or was brought in by the customer, by a reply or by a member. Never shrinks. */
  readonly allowed: Set<string>;
  readonly copied = new Set<string>();
  readonly offered = new Set<string>();
  /** Rises when somebody is taken out of the recipients, or To changes. */
  revision = 0;
  private answerAt: string | null = null;

  constructor(
    public customer: string,
    copies: string[],
  ) {
    this.allowed = new Set([customer]);
    this.bringIn(copies);
  }

  get recipients(): Recipients {
    const to = this.answerAt ?? this.customer;
    return { to: [to], cc: [...this.copied].filter((address) => address !== to) };
  }

  /** Somebody outside the team writes. Only the customer brings others in. */
  writes(from: string, { replyTo = null, copies = [], isForged = false }: Writing): void {
    const others = copies.filter((address) => address !== from);
    const isCustomer = from === this.customer || from === this.answerAt;
    if (isCustomer && !isForged) {
      const asked = replyTo !== null && this.copied.has(replyTo) ? replyTo : null;
      this.change(() => {
        this.bringIn(others);
        if (asked) this.answerAt = asked;
      });
      if (replyTo !== null && !asked) this.offer([replyTo]);
    } else if (isCustomer || this.copied.has(from)) {
      this.offer([...(replyTo === null ? [] : [replyTo]), ...others]);
    } else this.offer([from]);
  }

  /** The customer, our reply, a colleague's mail or a member names these. */
  bringIn(addresses: string[]): void {
    for (const address of addresses.filter((one) => one !== this.customer)) {
      this.copied.add(address);
      this.allowed.add(address);
      this.offered.delete(address);
    }
  }

  /** True if the change would change nothing. */
  is(change: PeopleChange, address: string): boolean {
    switch (change) {
      case "add":
        return address === this.customer || this.copied.has(address);
      case "remove":
        return !this.copied.has(address) && !this.offered.has(address);
      case "customer":
        return address === this.customer;
    }
  }

  takeOut(address: string): void {
    this.change(() => {
      this.copied.delete(address);
      this.offered.delete(address);
      if (this.answerAt === address) this.answerAt = null;
    });
  }

  makeCustomer(address: string): void {
    this.change(() => {
      this.copied.add(this.customer);
      this.copied.delete(address);
      this.offered.delete(address);
      this.allowed.add(address);
      this.answerAt = null;
      this.customer = address;
    });
  }

  private offer(addresses: string[]): void {
    for (const address of addresses) {
      if (address !== this.customer && !this.copied.has(address)) this.offered.add(address);
    }
  }

  private change(make: () => void): void {
    const before = this.recipients;
    make();
    const after = this.recipients;
    const left = new Set([...after.to, ...after.cc]);
    const isNarrower = [...before.to, ...before.cc].some((address) => !left.has(address));
    if (isNarrower || before.to[0] !== after.to[0]) this.revision += 1;
  }
}

/** Recipients in an order of their own, to compare. */
export function sorted({ to, cc }: Recipients): Recipients {
  return { to: to.toSorted(), cc: cc.toSorted() };
}
