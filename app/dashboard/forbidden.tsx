export { AdminsOnly as default } from "@/components/shell/AdminsOnly";
