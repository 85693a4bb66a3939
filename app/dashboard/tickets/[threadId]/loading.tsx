export { TicketSkeleton as default } from "@/components/conversation/TicketSkeleton";
