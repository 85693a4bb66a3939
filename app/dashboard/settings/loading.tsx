import { ListHeader } from "@/components/tickets/ListHeader";
import { Skeleton } from "@/components/ui/Skeleton";

export default function SettingsLoading() {
  return (
    <>
      <ListHeader title="Settings" order="For admins" />
      <Skeleton rows={4} label="Loading the settings" />
    </>
  );
}
