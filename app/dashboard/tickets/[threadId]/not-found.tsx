export { NoSuchTicket as default } from "@/components/conversation/NoSuchTicket";
