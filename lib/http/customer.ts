import "server-only";
import { readDesk } from "@/lib/conversation/desk";
import { toCustomer, type Customer } from "@/lib/privacy/customer";
import { Refusal } from "./refusal";

/** The customer with this address. Refuses a text that is not one address, and the desk's own address. */
export async function readCustomer(address: string): Promise<Customer> {
  const customer = toCustomer(address);
  if (!customer) throw new Refusal("invalid_request", "That is not one mail address.", { issues: [] });
  const desk = await readDesk();
  if (desk.isOwn(customer.address)) {
    const sentence = "This is the desk's own address. Enter a customer's.";
    throw new Refusal("invalid_request", sentence, { issues: [] });
  }
  return customer;
}
