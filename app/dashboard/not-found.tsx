import { NothingHere } from "@/components/shell/NothingHere";

export default function DashboardNotFound() {
  return <NothingHere />;
}
