export { NothingHere as default } from "@/components/shell/NothingHere";
